// What workers write to standard error, on its way to the server's log: a pipe that the server
// reads, so that a worker never holds the server's own standard error.
//
// Workers may have been taken over. So in each window of time no more than a pipe's content is
// read, and of that only the first lines are passed on, each cut to a length. Both ends of the pipe
// are non-blocking: when it is full, what workers write is lost and nobody waits. Control
// characters are escaped by the log and not here.
//
// Thread-safety: the executor's one thread. Ownership: shared only so that callbacks still under
// way can find that it is gone. Errors: kSystem.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/unique_fd.h"
#include "worker/fd_watch.h"

namespace thimble {

using LineSink = std::function<void(std::string_view line)>;

// Cuts a stream into lines and passes on the first of each window.
class LineLimiter {
 public:
  static constexpr int kLinesPerWindow = 100;
  static constexpr std::size_t kBytesPerWindow = std::size_t{64} * 1024;  // what a pipe holds
  static constexpr std::size_t kMaxLineBytes = 1000;

  explicit LineLimiter(LineSink sink) : sink_(std::move(sink)) {}

  void Feed(std::string_view bytes);
  // A new window begins; says how many lines of the last one were dropped.
  void Renew();
  bool exhausted() const { return lines_left_ == 0 || bytes_left_ == 0; }
  std::uint64_t dropped() const { return dropped_; }

 private:
  void EndLine();

  LineSink sink_;
  std::string line_;  // its end has not come yet
  int lines_left_ = kLinesPerWindow;
  std::size_t bytes_left_ = kBytesPerWindow;
  std::uint64_t dropped_ = 0;
  std::uint64_t dropped_and_told_ = 0;
};

class StderrDrain : public std::enable_shared_from_this<StderrDrain> {
 public:
  static Expected<std::shared_ptr<StderrDrain>> Open(const boost::asio::any_io_executor& executor,
                                                     LineSink sink);

  // Reads while the executor runs.
  void Watch();
  // Reads what is there now.
  void Read();
  void Stop();

  int write_end() const { return write_end_.get(); }
  std::uint64_t dropped() const { return lines_.dropped(); }

 private:
  StderrDrain(const boost::asio::any_io_executor& executor, LineSink sink, UniqueFd read_end,
              UniqueFd write_end);

  void EndWindowLater();

  UniqueFd read_end_;
  UniqueFd write_end_;
  LineLimiter lines_;
  std::optional<FdWatch> watch_;  // nothing: stopped
  boost::asio::steady_timer window_;
  bool window_open_ = false;  // the timer runs
};

}  // namespace thimble
