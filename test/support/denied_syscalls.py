"""System calls that fail in a child process, as under a container's seccomp profile or on an old kernel."""

import ctypes
import errno
import os
import struct

# The numbers of x86-64 and aarch64.
_ON_AARCH64 = os.uname().machine == "aarch64"
NUMBERS = {"clone": 220 if _ON_AARCH64 else 56, "clone3": 435, "memfd_create": 279 if _ON_AARCH64 else 319,
           "pidfd_open": 434}

_LOAD_NUMBER, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2


def deny(**errors):
    """deny(pidfd_open=errno.ENOSYS): call it in the child, e.g. as subprocess's preexec_fn."""
    def instruction(code, if_so, if_not, operand):
        return struct.pack("HBBI", code, if_so, if_not, operand)

    program = instruction(_LOAD_NUMBER, 0, 0, 0)
    for name, error in errors.items():
        program += instruction(_JUMP_IF_EQUAL, 0, 1, NUMBERS[name]) + instruction(_RETURN, 0, 0, _ERRNO | error)
    program += instruction(_RETURN, 0, 0, _ALLOW)
    buffer = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filter_, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def deny_threads():
    deny(clone3=errno.ENOSYS, clone=errno.EAGAIN)  # without clone3 the C library takes clone
