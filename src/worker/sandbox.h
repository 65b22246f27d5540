// Everything a worker gives up before it looks at the first picture, in order; EnterSandbox reads
// as the list. The mechanisms work under the default profiles of Docker and Kubernetes, and each is
// independent of the others.
//
// Thread-safety: for a process with one thread.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "worker/sandbox_features.h"

namespace thimble {

struct SandboxLimits {
  // RLIMIT_DATA: what the program has at its start, and a batch's quota.
  std::uint64_t data_bytes = 0;
  std::uint64_t file_bytes = 0;  // RLIMIT_FSIZE
};

// For good, for the calling process, a child of `zygote`. Ends the process when `zygote` is gone
// already.
SandboxReport EnterSandbox(const SandboxLimits& limits, pid_t zygote);

}  // namespace thimble
