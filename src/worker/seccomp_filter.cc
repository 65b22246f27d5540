#include "worker/seccomp_filter.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>

#include "base/c_ptr.h"
#include "worker/protocol.h"

namespace thimble {
namespace {

using Filter = CPtr<void, &seccomp_release>;
using Condition = scmp_arg_cmp;

// Whatever no rule names. Libraries probe for files and threads and carry on without; killing them
// for that would refuse pictures.
constexpr std::uint32_t kRefuse = SCMP_ACT_ERRNO(EPERM);

// Everything that single-threaded decoding, encoding and answering need, whatever the arguments.
constexpr auto kHarmless = std::to_array<int>({
    // memory
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    // time, randomness, identity
    SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    // signals to oneself, and the end
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(close),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
});

// What no decoder ever asks for: somebody else is running our process.
constexpr auto kDeadly = std::to_array<int>({
    // other programs and processes
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise),
    SCMP_SYS(kcmp),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    // namespaces and mounts
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fspick),
    SCMP_SYS(mount_setattr),
    // the kernel's large and dangerous interfaces
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
});

constexpr auto kNamespaceFlags = std::to_array<std::uint64_t>({
    CLONE_NEWUSER,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWIPC,
    CLONE_NEWUTS,
    CLONE_NEWCGROUP,
});

// A sanitizer's run-time needs more: reports walk the stack and read limits, its thread sleeps.
constexpr bool kSanitized = THIMBLE_SANITIZED != 0;
constexpr auto kSanitizerOnly = std::to_array<int>({
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(mincore),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(prlimit64),
    SCMP_SYS(sched_getaffinity),
});

// The kernel looks at the low 32 bits of an int argument only, so must we.
Condition IntIs(unsigned int argument, int value) {
  return {argument, SCMP_CMP_MASKED_EQ, 0xffff'ffff, static_cast<std::uint32_t>(value)};
}
Condition BitsAre(unsigned int argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}
// A batch's two memfds are 4 and 5: 0 to 2 are the standard streams, 3 is the channel. The streams
// may be the server's log or terminal, so nothing but write(2) may touch them.
Condition IsBatchDescriptor(unsigned int argument) { return BitsAre(argument, 0xffff'fffc, 4); }

class RuleList {
 public:
  explicit RuleList(scmp_filter_ctx filter) : filter_(filter) {}

  void Add(std::uint32_t action, int syscall, std::initializer_list<Condition> conditions = {}) {
    const std::span<const Condition> list(conditions);
    ok_ = ok_ && seccomp_rule_add_array(filter_, action, syscall,
                                        static_cast<unsigned int>(list.size()), list.data()) == 0;
  }
  bool ok() const { return ok_; }

 private:
  scmp_filter_ctx filter_;
  bool ok_ = true;
};

void AddMemoryRules(RuleList& rules) {
  const Condition not_executable = BitsAre(2, PROT_EXEC, 0);
  rules.Add(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), {not_executable});
  // Shared anonymous memory is refused because RLIMIT_DATA does not count it.
  constexpr std::uint64_t kMapType = 0x0f;
  rules.Add(SCMP_ACT_ALLOW, SCMP_SYS(mmap),
            {not_executable, BitsAre(3, kMapType | MAP_ANONYMOUS, MAP_PRIVATE | MAP_ANONYMOUS)});
  rules.Add(SCMP_ACT_ALLOW, SCMP_SYS(mmap),
            {not_executable, BitsAre(3, MAP_ANONYMOUS, 0), IsBatchDescriptor(4)});
}

void AddDescriptorRules(RuleList& rules) {
  rules.Add(SCMP_ACT_ALLOW, SCMP_SYS(recvmsg), {IntIs(0, kChannelFd)});
  rules.Add(SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), {IntIs(0, kChannelFd)});
  rules.Add(SCMP_ACT_ALLOW, SCMP_SYS(write), {IntIs(0, STDERR_FILENO)});
  rules.Add(SCMP_ACT_ALLOW, SCMP_SYS(lseek), {IsBatchDescriptor(0)});
  rules.Add(SCMP_ACT_ALLOW, SCMP_SYS(fcntl), {IsBatchDescriptor(0), IntIs(1, F_GET_SEALS)});
}

void AddProcessRules(RuleList& rules) {
  const auto self = static_cast<std::uint64_t>(::getpid());
  // abort() signals its own process; a signal to any other is an attack.
  rules.Add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), {{0, SCMP_CMP_EQ, self, 0}});
  rules.Add(SCMP_ACT_KILL_PROCESS, SCMP_SYS(tgkill), {{0, SCMP_CMP_NE, self, 0}});
  // The CPU limit follows the batches; no other limit moves.
  if constexpr (!kSanitized) {
    rules.Add(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), {IntIs(0, 0), IntIs(1, RLIMIT_CPU)});
  }
  // A plain new thread or process is refused like any other call.
  for (const std::uint64_t flag : kNamespaceFlags) {
    rules.Add(SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), {BitsAre(0, flag, flag)});
  }
}

}  // namespace

bool LoadSeccompFilter() {
  const Filter filter(seccomp_init(kRefuse));
  if (!filter) return false;
  // A call by another architecture's numbers would slip past the rules.
  bool ok = seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
  RuleList rules(filter.get());
  for (const int syscall : kHarmless) rules.Add(SCMP_ACT_ALLOW, syscall);
  for (const int syscall : kDeadly) rules.Add(SCMP_ACT_KILL_PROCESS, syscall);
  if constexpr (kSanitized) {
    for (const int syscall : kSanitizerOnly) rules.Add(SCMP_ACT_ALLOW, syscall);
  }
  AddMemoryRules(rules);
  AddDescriptorRules(rules);
  AddProcessRules(rules);
  ok = ok && rules.ok();
  return ok && seccomp_load(filter.get()) == 0;
}

}  // namespace thimble
