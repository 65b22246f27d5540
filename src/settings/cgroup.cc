#include "settings/cgroup.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace thimble {
namespace {

namespace fs = std::filesystem;

// One mounted hierarchy: all controllers of version 2, or some of version 1.
struct Hierarchy {
  bool is_v2 = false;
  std::string group;  // the group that the mount point shows
  std::string mount_point;
  std::string options;  // of version 1: its controllers among them
};

std::vector<std::string> SplitAt(char separator, std::string_view text) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

bool Names(const std::string& list, std::string_view controller) {
  const std::vector<std::string> names = SplitAt(',', list);
  return std::find(names.begin(), names.end(), controller) != names.end();
}

std::string TextOf(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::optional<std::int64_t> PositiveNumberIn(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || rest != end || number <= 0) return std::nullopt;
  return number;
}

template <class Number>
void KeepLower(std::optional<Number>& limit, std::optional<Number> other) {
  if (other && (!limit || *other < *limit)) limit = other;
}

// /proc/self/mountinfo, proc(5): "36 35 98:0 /group /mount/point options ... - type source
// options".
std::vector<Hierarchy> HierarchiesIn(const fs::path& mountinfo) {
  std::vector<Hierarchy> found;
  std::ifstream file(mountinfo);
  for (std::string line; std::getline(file, line);) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const std::vector<std::string> mount = SplitAt(' ', line.substr(0, dash));
    const std::vector<std::string> source = SplitAt(' ', line.substr(dash + 3));
    if (mount.size() < 5 || source.size() < 3) continue;
    if (source[0] != "cgroup" && source[0] != "cgroup2") continue;
    found.push_back({.is_v2 = source[0] == "cgroup2",
                     .group = mount[3],
                     .mount_point = mount[4],
                     .options = source[2]});
  }
  return found;
}

// /proc/self/cgroup: "4:cpu,cpuacct:/group", for version 2 "0::/group".
std::string OwnGroup(const fs::path& cgroups, const Hierarchy& hierarchy) {
  std::ifstream file(cgroups);
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool same =
        hierarchy.is_v2
            ? controllers.empty()
            : !controllers.empty() && Names(hierarchy.options, SplitAt(',', controllers).front());
    if (same) return line.substr(second + 1);
  }
  return "/";
}

// The folders of the process's group and of those above it, as far as they are mounted.
std::vector<fs::path> FoldersOf(const fs::path& root, const Hierarchy& hierarchy,
                                const std::string& group) {
  const fs::path top = root / fs::path(hierarchy.mount_point).relative_path();
  // Outside of what is mounted, as in a container that sees the host's names: the mount point is
  // the container's own group.
  const fs::path below = fs::path(group).lexically_relative(hierarchy.group);
  std::vector<fs::path> folders = {top};
  if (below.empty() || *below.begin() == ".." || below == ".") return folders;
  fs::path folder = top;
  for (const fs::path& name : below) {
    folder /= name;
    folders.push_back(folder);
  }
  return folders;
}

std::optional<int> CpusOf(std::int64_t quota, std::int64_t period) {
  constexpr std::int64_t kMost = 4096;
  return static_cast<int>(std::min((quota - 1) / period + 1, kMost));
}

std::optional<std::uint64_t> BytesIn(const fs::path& path) {
  // Version 1 writes "no limit" as the largest number of whole pages.
  constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max() - (1 << 20);
  const auto bytes = PositiveNumberIn(TextOf(path));
  if (!bytes || *bytes >= kNoLimit) return std::nullopt;
  return static_cast<std::uint64_t>(*bytes);
}

void ReadV2(const fs::path& folder, CgroupLimits& limits) {
  KeepLower(limits.cpus, CpusOfQuota(TextOf(folder / "cpu.max")));
  KeepLower(limits.memory_bytes, BytesIn(folder / "memory.max"));
}

void ReadV1(const fs::path& folder, CgroupLimits& limits) {
  const auto quota = PositiveNumberIn(TextOf(folder / "cpu.cfs_quota_us"));
  const auto period = PositiveNumberIn(TextOf(folder / "cpu.cfs_period_us"));
  if (quota && period) KeepLower(limits.cpus, CpusOf(*quota, *period));
  KeepLower(limits.memory_bytes, BytesIn(folder / "memory.limit_in_bytes"));
}

}  // namespace

std::optional<int> CpusOfQuota(std::string_view cpu_max) {
  while (cpu_max.ends_with('\n')) cpu_max.remove_suffix(1);
  const std::size_t space = cpu_max.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto quota = PositiveNumberIn(cpu_max.substr(0, space));
  const auto period = PositiveNumberIn(cpu_max.substr(space + 1));
  if (!quota || !period) return std::nullopt;
  return CpusOf(*quota, *period);
}

CgroupLimits ReadCgroupLimits(const fs::path& root) {
  CgroupLimits limits;
  for (const Hierarchy& hierarchy : HierarchiesIn(root / "proc/self/mountinfo")) {
    const std::string group = OwnGroup(root / "proc/self/cgroup", hierarchy);
    for (const fs::path& folder : FoldersOf(root, hierarchy, group)) {
      if (hierarchy.is_v2) {
        ReadV2(folder, limits);
      } else {
        ReadV1(folder, limits);
      }
    }
  }
  return limits;
}

}  // namespace thimble
