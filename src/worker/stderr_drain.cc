#include "worker/stderr_drain.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

namespace thimble {
namespace {

constexpr std::chrono::seconds kWindow{10};

}  // namespace

void LineLimiter::Feed(std::string_view bytes) {
  bytes_left_ -= std::min(bytes_left_, bytes.size());
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    line_ += bytes.substr(0, std::min(end, kMaxLineBytes - line_.size()));
    if (end == bytes.size()) return;
    EndLine();
    bytes.remove_prefix(end + 1);
  }
}

void LineLimiter::EndLine() {
  if (lines_left_ > 0) {
    --lines_left_;
    sink_(line_);
  } else {
    ++dropped_;
  }
  line_.clear();
}

void LineLimiter::Renew() {
  lines_left_ = kLinesPerWindow;
  bytes_left_ = kBytesPerWindow;
  const std::uint64_t more = dropped_ - std::exchange(dropped_and_told_, dropped_);
  if (more > 0) sink_(std::to_string(more) + " more lines of workers were not logged");
}

Expected<std::shared_ptr<StderrDrain>> StderrDrain::Open(
    const boost::asio::any_io_executor& executor, LineSink sink) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return FailErrno("pipe2");
  return std::shared_ptr<StderrDrain>(
      new StderrDrain(executor, std::move(sink), UniqueFd(ends[0]), UniqueFd(ends[1])));
}

StderrDrain::StderrDrain(const boost::asio::any_io_executor& executor, LineSink sink,
                         UniqueFd read_end, UniqueFd write_end)
    : read_end_(std::move(read_end)),
      write_end_(std::move(write_end)),
      lines_(std::move(sink)),
      window_(executor) {
  watch_.emplace(executor, read_end_.get());
}

void StderrDrain::Watch() {
  if (!watch_) return;
  watch_->WhenReadable([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || !self->watch_) return;
    self->Read();
    self->EndWindowLater();
    if (!self->lines_.exhausted()) self->Watch();  // else when the window has ended
  });
}

void StderrDrain::Read() {
  std::array<char, 4096> chunk{};
  for (std::size_t total = 0; total < LineLimiter::kBytesPerWindow;) {
    const ssize_t got = ::read(read_end_.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    lines_.Feed({chunk.data(), static_cast<std::size_t>(got)});
    total += static_cast<std::size_t>(got);
  }
}

void StderrDrain::EndWindowLater() {
  if (std::exchange(window_open_, true)) return;
  window_.expires_after(kWindow);
  window_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self || !self->watch_) return;
    const bool was_exhausted = self->lines_.exhausted();
    self->window_open_ = false;
    self->lines_.Renew();
    if (was_exhausted) self->Watch();
  });
}

void StderrDrain::Stop() {
  watch_.reset();
  window_.cancel();
  Read();
  lines_.Renew();
}

}  // namespace thimble
