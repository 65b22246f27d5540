#include "settings/machine.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "settings/cgroup.h"
#include "settings/quantity.h"

namespace thimble {
namespace {

// The streams, the log, the listener, epoll and its timers, pipes, the zygote, files being read.
constexpr std::int64_t kDescriptorsOfServer = 48;
// The channel, a pidfd, the inbox and the output.
constexpr std::int64_t kDescriptorsPerWorker = 4;
// The connection to the origin, the memfd, and what resolving a name takes.
constexpr std::int64_t kDescriptorsPerOriginal = 3;
constexpr std::int64_t kFewestConnections = 8;

int CpusOfAffinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::thread::hardware_concurrency());
}

std::string Lowered(const char* key, int from, int to, std::int64_t limit) {
  return std::string(key) + " is lowered from " + std::to_string(from) + " to " +
         std::to_string(to) + ": the limit of open files is " + std::to_string(limit);
}

Status FitDescriptors(std::int64_t limit, Settings& settings, std::vector<std::string>& notes) {
  int& originals = settings.origin.max_originals_in_flight;
  int& connections = settings.http.max_connections;
  const std::int64_t free =
      limit - kDescriptorsOfServer - kDescriptorsPerWorker * settings.workers.workers;
  if (free < kDescriptorsPerOriginal + kFewestConnections) {
    return Fail(ErrorCode::kBadSetting,
                "the limit of open files (ulimit -n) is too low: " + std::to_string(limit));
  }
  // Originals may take half, connections the rest.
  const std::int64_t most_originals = std::max(free / 2 / kDescriptorsPerOriginal, std::int64_t{1});
  if (originals > most_originals) {
    const int fitting = static_cast<int>(most_originals);
    notes.push_back(Lowered("origin.max_in_flight", originals, fitting, limit));
    originals = fitting;
  }
  const std::int64_t most_connections = free - kDescriptorsPerOriginal * originals;
  if (connections > most_connections) {
    const int fitting = static_cast<int>(most_connections);
    notes.push_back(Lowered("http.max_connections", connections, fitting, limit));
    connections = fitting;
  }
  return {};
}

std::string Show(std::uint64_t bytes) { return FormatByteSize(static_cast<std::int64_t>(bytes)); }

void NoteMemory(std::uint64_t limit, const Settings& settings, std::vector<std::string>& notes) {
  const auto workers = static_cast<std::uint64_t>(settings.workers.workers);
  const std::uint64_t each = settings.workers.worker_memory_bytes;
  const std::uint64_t cache = settings.cache.memory_bytes;
  if (cache <= limit && workers * each <= limit - cache) return;
  notes.push_back("the memory limit of this container is " + Show(limit) + ", but workers.count " +
                  std::to_string(workers) + " times workers.memory " + Show(each) +
                  " and cache.memory " + Show(cache) +
                  " may take more: the kernel may end the server; lower them or raise the limit");
}

}  // namespace

int UsableCpus() {
  const int cpus = std::max(CpusOfAffinity(), 1);
  return std::min(cpus, ReadCgroupLimits().cpus.value_or(cpus));
}

Machine ReadMachine() {
  Machine machine{.memory_bytes = ReadCgroupLimits().memory_bytes};
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    constexpr rlim_t kMost = std::numeric_limits<std::int32_t>::max();
    machine.max_descriptors = static_cast<std::int64_t>(std::min(files.rlim_cur, kMost));
  }
  return machine;
}

Expected<std::vector<std::string>> FitToMachine(const Machine& machine, Settings& settings) {
  std::vector<std::string> notes;
  if (Status fits = FitDescriptors(machine.max_descriptors, settings, notes); !fits) {
    return Forward(fits);
  }
  if (machine.memory_bytes) NoteMemory(*machine.memory_bytes, settings, notes);
  return notes;
}

}  // namespace thimble
