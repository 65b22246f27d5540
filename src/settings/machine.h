// What the machine, or the container on it, lets this process have, and what of the settings cannot
// hold there.
//
// Thread-safety: reads the system, keeps nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "settings/settings.h"

namespace thimble {

// How many CPUs this process may keep busy, at least 1: its affinity mask, cut down to a
// container's CPU quota, since a worker for each of a 64-core host's CPUs helps nobody in a
// container that may use two.
int UsableCpus();

struct Machine {
  std::optional<std::uint64_t> memory_bytes = std::nullopt;  // a container's limit
  std::int64_t max_descriptors = 0;                          // RLIMIT_NOFILE's soft limit
};

Machine ReadMachine();

// Lowers `http.max_connections` and `origin.max_in_flight` to what the descriptors suffice for:
// who runs out of them can neither fetch nor hand originals to workers. Gives a line for each thing
// that an operator should know. Errors: kBadSetting when there are too few to serve anything.
Expected<std::vector<std::string>> FitToMachine(const Machine& machine, Settings& settings);

}  // namespace thimble
