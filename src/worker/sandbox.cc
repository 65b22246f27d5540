#include "worker/sandbox.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string_view>

#include "base/unique_fd.h"
#include "worker/landlock.h"
#include "worker/privileges.h"
#include "worker/seccomp_filter.h"

namespace thimble {
namespace {

// When memory runs out all the same, the kernel should end a worker and not the server.
void OfferToOutOfMemoryKiller() {
  const UniqueFd file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  constexpr std::string_view kFirst = "1000";
  // Without /proc there is nothing to be done about it.
  if (file) static_cast<void>(::write(file.get(), kFirst.data(), kFirst.size()) < 0);
}

void DieWithZygote(pid_t zygote) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != zygote) ::_exit(0);  // it died before the line above
}

bool RefuseNewPrivileges() { return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; }

// No core dumps, no ptrace, no /proc/PID/mem: a picture's memory is nobody's business.
void RefuseInspection() { ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

bool RefuseExecutableMemory() {
  constexpr int kSetMdwe = 65;  // PR_SET_MDWE, newer than Debian 12's header
  constexpr unsigned long kRefuseExecGain = 1;
  return ::prctl(kSetMdwe, kRefuseExecGain, 0, 0, 0) == 0;
}

bool LimitResources(const SandboxLimits& limits) {
  struct Limit {
    __rlimit_resource resource;
    rlim_t most;
  };
  // No RLIMIT_AS: it would count the shared memfds too, whose size the server bounds. The CPU's
  // limit is set batch by batch (serve.cc).
  const auto list = std::to_array<Limit>({
      {RLIMIT_DATA, limits.data_bytes},
      {RLIMIT_STACK, rlim_t{8} << 20},  // is not part of RLIMIT_DATA
      {RLIMIT_FSIZE, limits.file_bytes},
      {RLIMIT_NOFILE, 8},  // three streams, the channel, a batch's two
      {RLIMIT_NPROC, 0},
      {RLIMIT_CORE, 0},
  });
  bool ok = true;
  for (const auto& [resource, most] : list) {
    const rlimit limit{.rlim_cur = most, .rlim_max = most};
    ok = ::setrlimit(resource, &limit) == 0 && ok;
  }
  return ok;
}

}  // namespace

SandboxReport EnterSandbox(const SandboxLimits& limits, pid_t zygote) {
  SandboxReport report;
  OfferToOutOfMemoryKiller();
  if (DropPrivileges()) report.Add(SandboxFeature::kUnprivileged);
  DieWithZygote(zygote);  // after the change of user, which clears it
  if (RefuseNewPrivileges()) report.Add(SandboxFeature::kNoNewPrivileges);
  RefuseInspection();
  if (RefuseExecutableMemory()) report.Add(SandboxFeature::kNoExecGain);
  report.landlock_abi = DenyWithLandlock();
  if (report.landlock_abi > 0) report.Add(SandboxFeature::kLandlock);
  if (LimitResources(limits)) report.Add(SandboxFeature::kResourceLimits);
  if (LoadSeccompFilter()) report.Add(SandboxFeature::kSeccomp);
  return report;
}

}  // namespace thimble
