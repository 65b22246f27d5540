// What the control groups of this process allow it: a container's CPU quota and memory limit.
//
// Both versions are read, also side by side (cgroups(7)). A limit may be set on the process's own
// group or on any above it, so all of them are looked at, up to the highest that is visible here:
// where a container shows its own group as the root, that is the mount point itself.
//
// Thread-safety: reads files, keeps nothing. Errors: none; what cannot be read sets no limit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace thimble {

struct CgroupLimits {
  std::optional<int> cpus;  // rounded up
  std::optional<std::uint64_t> memory_bytes;
};

// `root` stands before /proc and before every mount point: for tests.
CgroupLimits ReadCgroupLimits(const std::filesystem::path& root = "/");

// The CPUs in the text of version 2's cpu.max, rounded up; nothing for "max" or nonsense.
std::optional<int> CpusOfQuota(std::string_view cpu_max);

}  // namespace thimble
