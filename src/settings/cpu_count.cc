#include "settings/cpu_count.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

namespace thimble {
namespace {

int CpusOfAffinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::thread::hardware_concurrency());
}

std::optional<std::int64_t> NumberIn(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || rest != end || number <= 0) return std::nullopt;
  return number;
}

}  // namespace

std::optional<int> CpusOfQuota(std::string_view cpu_max) {
  while (cpu_max.ends_with('\n')) cpu_max.remove_suffix(1);
  const std::size_t space = cpu_max.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto quota = NumberIn(cpu_max.substr(0, space));
  const auto period = NumberIn(cpu_max.substr(space + 1));
  if (!quota || !period) return std::nullopt;
  constexpr std::int64_t kMost = 4096;
  return static_cast<int>(std::min((*quota - 1) / *period + 1, kMost));
}

int UsableCpus() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string cpu_max;
  std::getline(file, cpu_max);
  const int cpus = std::max(CpusOfAffinity(), 1);
  return std::min(cpus, CpusOfQuota(cpu_max).value_or(cpus));
}

}  // namespace thimble
