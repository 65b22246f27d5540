// The server's end of the zygote: starts the program, asks for workers, hears of their deaths.
//
// Thread-safety: one thread. Ownership: owns the process and ends it on destruction; its workers
// die with it. Errors: kSystem.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.h"
#include "base/unique_fd.h"
#include "worker/protocol.h"

namespace thimble {

// What the zygote says.
struct ZygoteEvent {
  enum class Kind { kNothingYet, kReady, kSpawned, kSpawnFailed, kExited, kGone };
  Kind kind = Kind::kNothingYet;
  SandboxReport sandbox = {};  // kReady
  std::string libraries = {};  // kReady: what the engine's results depend on
  pid_t pid = -1;              // kSpawned, kExited
  UniqueFd channel = {};       // kSpawned
  UniqueFd process = {};       // kSpawned: a pidfd
  int wait_status = 0;         // kExited
};

struct ZygoteOptions {
  std::string program;
  std::size_t worker_memory_bytes = 0;
  std::size_t max_result_bytes = 0;
  bool allow_missing_sandbox = false;
  int stderr_fd = -1;  // borrowed; becomes the zygote's and its workers' standard error, if any
};

class ZygoteClient {
 public:
  static Expected<ZygoteClient> Launch(const ZygoteOptions& options);

  ZygoteClient(ZygoteClient&& other) noexcept;
  ZygoteClient& operator=(ZygoteClient&&) = delete;
  ZygoteClient(const ZygoteClient&) = delete;
  ZygoteClient& operator=(const ZygoteClient&) = delete;
  ~ZygoteClient() { End(); }

  // Readable when there is an event.
  int fd() const { return channel_.get(); }
  Status RequestWorker();
  // Never waits. kBadSetting when the program is of another version; kSystem when it says something
  // that makes no sense: it is of no use any more then.
  Expected<ZygoteEvent> NextEvent();
  // Kills and reaps it; says how it had ended if it had already. Nothing happens the second time.
  std::string End();

 private:
  ZygoteClient(pid_t pid, UniqueFd channel) : pid_(pid), channel_(std::move(channel)) {}

  pid_t pid_;  // -1: ended
  UniqueFd channel_;
};

// "exit status 3", "signal 11 (Segmentation fault)", for logs.
std::string DescribeWaitStatus(int wait_status);

}  // namespace thimble
