// What this process takes from the machine, read from the kernel at the moment of the call.
#pragma once

#include <cstdint>

namespace thimble {

struct ProcessStats {
  double cpu_seconds = 0;  // user and system, without children
  std::int64_t resident_bytes = 0;
  std::int64_t open_fds = 0;
  std::int64_t max_fds = 0;
};

// What cannot be read is 0.
ProcessStats ReadProcessStats();

}  // namespace thimble
