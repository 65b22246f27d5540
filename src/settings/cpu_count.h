// How many CPUs this process may keep busy: its affinity mask, cut down to a container's CPU quota,
// since a worker for each of a 64-core host's CPUs helps nobody in a container that may use two.
#pragma once

#include <optional>
#include <string_view>

namespace thimble {

// At least 1.
int UsableCpus();

// The CPUs in the text of cgroup v2's cpu.max, rounded up; nothing for "max" or nonsense.
std::optional<int> CpusOfQuota(std::string_view cpu_max);

}  // namespace thimble
