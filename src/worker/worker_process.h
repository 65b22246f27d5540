// The server's end of one worker. What comes from it is hostile.
//
// Thread-safety: one thread. Ownership: owns the socket and the pidfd, and kills the process on
// destruction (the zygote reaps it). Errors: kSystem.
#pragma once

#include <sys/types.h>

#include "base/error.h"
#include "base/unique_fd.h"
#include "worker/protocol.h"

namespace thimble {

struct WorkerEvent {
  enum class Kind {
    kNothingYet,
    kReady,
    kAnswer,
    kGone,
    kGoneUnread,  // before it had read the batch that was sent
  };
  Kind kind = Kind::kNothingYet;
  AnswerMessage answer = {};  // kAnswer; not yet checked, beyond its header
};

class WorkerProcess {
 public:
  WorkerProcess(pid_t pid, UniqueFd channel, UniqueFd process)
      : pid_(pid), channel_(std::move(channel)), process_(std::move(process)) {}
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess() { Kill(); }

  pid_t pid() const { return pid_; }
  // Readable when there is an event.
  int fd() const { return channel_.get(); }

  // Never waits. An error is a message that no honest worker sends.
  Expected<WorkerEvent> NextEvent();
  // True when there is no event.
  bool IsQuiet() const;
  Status SendBatch(const BatchMessage& batch, int source_fd, int output_fd);
  void Kill();

 private:
  pid_t pid_;
  UniqueFd channel_;
  UniqueFd process_;  // a pidfd: never means another process, unlike pid_
};

}  // namespace thimble
