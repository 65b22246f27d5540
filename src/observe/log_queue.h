// Lines on their way to a descriptor, mostly standard error, that is perhaps not being read: a
// bounded queue and a thread of its own that writes. Logging never waits for the reader; lines for
// which there is no room are dropped and counted.
//
// spdlog's asynchronous logger was refused: its queue is bounded in messages but not in bytes, and
// its end waits for the writing thread, which never ends while a reader has stopped reading.
//
// Thread-safety: any thread. Ownership: keeps a duplicate of the descriptor.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>

#include "base/error.h"

namespace thimble {

class LogQueue {
 public:
  static constexpr std::size_t kDefaultMaxBytes = std::size_t{1} << 20;

  // Errors: kSystem when there is no thread or no descriptor to be had.
  static Expected<std::unique_ptr<LogQueue>> Start(int fd,
                                                   std::size_t max_bytes = kDefaultMaxBytes);
  // Flushes for at most a second. A thread that still cannot write then is not waited for: it ends
  // with the process, or when it can write again.
  ~LogQueue();
  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  // `line` with its line end. Never waits.
  void Push(std::string_view line);
  // Waits until everything that was pushed is written or has failed to be. False: it took too long.
  bool Flush(std::chrono::milliseconds patience);

  // Lines that found no room or could not be written.
  std::uint64_t dropped() const;
  bool is_half_empty() const;

 private:
  struct State;
  LogQueue(std::shared_ptr<State> state, std::thread writer);
  static void WriteUntilClosed(State& state);

  std::shared_ptr<State> state_;  // shared with the thread, which may outlive this object
  std::thread writer_;
};

}  // namespace thimble
