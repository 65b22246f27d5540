#include "observe/process_stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace thimble {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t pages_of_program = 0;
  std::int64_t pages_resident = 0;
  statm >> pages_of_program >> pages_resident;
  return pages_resident * sysconf(_SC_PAGESIZE);
}

std::int64_t OpenFds() {
  std::error_code problem;
  const std::filesystem::directory_iterator fds("/proc/self/fd", problem);
  return problem ? 0 : std::distance(begin(fds), end(fds));
}

}  // namespace

ProcessStats ReadProcessStats() {
  ProcessStats stats;
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    stats.cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
  }
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    stats.max_fds = static_cast<std::int64_t>(files.rlim_cur);
  }
  stats.resident_bytes = ResidentBytes();
  stats.open_fds = OpenFds();
  return stats;
}

}  // namespace thimble
