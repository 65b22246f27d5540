#include "apps/system_probe.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <system_error>
#include <thread>

#include "base/memfd.h"
#include "base/unique_fd.h"

namespace thimble {
namespace {

tl::unexpected<Error> Lacks(const std::string& what, const std::string& why) {
  return Fail(ErrorCode::kBadSetting, "this system lacks what Thimble needs: " + what + ": " + why);
}

// How the death of a worker is noticed, and a worker is ended without hitting another process.
Status ProbePidfd() {
  const UniqueFd self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (self) return {};
  const auto failure = FailErrno("pidfd_open");
  return Lacks("Linux 5.3 or newer, and a sandbox that allows pidfd_open", failure.value().detail);
}

// Where originals and results are handed over.
Status ProbeMemfd() {
  const Expected<UniqueFd> file = CreateMemfd();
  if (file) return {};
  return Lacks("memfd_create", file.error().detail);
}

// For the log and for reading files.
Status ProbeThread() {
  try {
    std::thread([] {}).join();
    return {};
  } catch (const std::system_error& none) {
    return Lacks("threads (ulimit -u, or a container's limit of processes)", none.what());
  }
}

}  // namespace

Status ProbeSystem() {
  for (Status (*probe)() : {&ProbePidfd, &ProbeMemfd, &ProbeThread}) {
    if (Status there = probe(); !there) return there;
  }
  return {};
}

}  // namespace thimble
