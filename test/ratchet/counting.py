"""Counts a job's instructions with callgrind.

valgrind shows every program the same CPU, one with AVX2 and no AVX-512, on any host that has AVX2; so Highway, the codecs
and the C library choose the same code everywhere. An empty environment keeps out what could change that choice
(JSIMD_*, GLIBC_TUNABLES). Two counts of the same program differ by a dozen instructions.
"""

import pathlib
import platform
import re
import subprocess
import tempfile

COUNTED = "thimble::RunCountedJob*"
OTHER_CPU = 77  # ratchet_job's exit status without AVX2
PACKAGES = ("libc6-dev", "libhwy-dev", "libjpeg-dev", "liblcms2-dev", "libpng-dev", "libwebp-dev", "zlib1g-dev",
            "python3-numpy", "python3-pil", "valgrind")
TIMEOUT_SECONDS = 300


class OtherCpu(Exception):
    """The numbers do not hold here."""


def require_x86_64():
    if platform.machine() != "x86_64":
        raise OtherCpu(f"the numbers are those of x86-64, this is {platform.machine()}")


def count(program, original, width, format_):
    with tempfile.TemporaryDirectory() as folder:
        profile = pathlib.Path(folder) / "profile"
        done = subprocess.run(
            ["/usr/bin/valgrind", "--tool=callgrind", "--collect-atstart=no", f"--toggle-collect={COUNTED}",
             f"--callgrind-out-file={profile}", program, original, str(width), format_],
            env={"LD_BIND_NOW": "1"}, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS)
        if done.returncode == OTHER_CPU:
            raise OtherCpu("the numbers are those of a CPU with AVX2")
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed with {done.returncode}: {done.stderr[-2000:]}")
        return int(re.search(r"^totals: (\d+)$", profile.read_text(), re.MULTILINE).group(1))


def versions():
    """What else than Thimble's source decides the counts."""
    listing = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${Version}\n", *PACKAGES],
                             capture_output=True, text=True, check=False).stdout
    compiler = subprocess.run(["g++", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return {**dict(line.split(" ", 1) for line in listing.splitlines()), "compiler": compiler}
