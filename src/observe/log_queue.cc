#include "observe/log_queue.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include "base/unique_fd.h"

namespace thimble {
namespace {

constexpr std::chrono::seconds kLastPatience{1};

// How long the writer lets lines gather. Under load one write then takes many lines, and whoever
// logs need not wake the writer for each: that would cost as much as writing the line itself.
constexpr std::chrono::milliseconds kGatheringTime{2};

std::uint64_t LinesIn(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// Gives what could not be written: nothing when all is well.
std::string_view WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // whoever gave us the descriptor made it non-blocking
      pollfd waiting{fd, POLLOUT, 0};
      static_cast<void>(::poll(&waiting, 1, -1));
    } else if (errno != EINTR) {
      return text;
    }
  }
  return {};
}

}  // namespace

struct LogQueue::State {
  State(UniqueFd to, std::size_t most) : fd(std::move(to)), max_bytes(most) {}

  const UniqueFd fd;
  const std::size_t max_bytes;

  std::atomic<std::uint64_t> dropped = 0;

  mutable std::mutex mutex;  // of all that follows
  std::condition_variable filled;
  std::condition_variable hurried;
  std::condition_variable written;
  std::string queued;
  std::size_t being_written = 0;  // bytes taken out of `queued` that the descriptor has not taken
  int flushing = 0;               // those who wait in Flush
  bool closed = false;

  std::size_t held() const { return queued.size() + being_written; }
};

Expected<std::unique_ptr<LogQueue>> LogQueue::Start(int fd, std::size_t max_bytes) {
  constexpr int kFirstAfterStreams = 3;
  UniqueFd own(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstAfterStreams));
  if (!own) return FailErrno("a descriptor for the log");
  auto state = std::make_shared<State>(std::move(own), max_bytes);
  try {
    std::thread writer([state] { WriteUntilClosed(*state); });
    return std::unique_ptr<LogQueue>(new LogQueue(std::move(state), std::move(writer)));
  } catch (const std::system_error& none) {
    return Fail(ErrorCode::kSystem, std::string("a thread for the log: ") + none.what());
  }
}

LogQueue::LogQueue(std::shared_ptr<State> state, std::thread writer)
    : state_(std::move(state)), writer_(std::move(writer)) {}

LogQueue::~LogQueue() {
  const bool flushed = Flush(kLastPatience);
  {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
  }
  state_->filled.notify_one();
  state_->hurried.notify_one();
  if (flushed) {
    writer_.join();
  } else {
    writer_.detach();
  }
}

void LogQueue::Push(std::string_view line) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->held() + line.size() > state_->max_bytes) {
      state_->dropped += LinesIn(line);
      return;
    }
    state_->queued += line;
  }
  state_->filled.notify_one();
}

bool LogQueue::Flush(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  ++state_->flushing;
  state_->hurried.notify_one();
  const bool done =
      state_->written.wait_for(lock, patience, [this] { return state_->held() == 0; });
  --state_->flushing;
  return done;
}

std::uint64_t LogQueue::dropped() const { return state_->dropped; }

bool LogQueue::is_half_empty() const {
  const std::lock_guard lock(state_->mutex);
  return state_->held() * 2 <= state_->max_bytes;
}

void LogQueue::WriteUntilClosed(State& state) {
  std::string batch;
  std::unique_lock lock(state.mutex);
  for (;;) {
    state.filled.wait(lock, [&] { return state.closed || !state.queued.empty(); });
    if (state.queued.empty()) return;
    state.hurried.wait_for(lock, kGatheringTime,
                           [&] { return state.closed || state.flushing > 0; });
    batch.clear();
    batch.swap(state.queued);
    state.being_written = batch.size();
    lock.unlock();
    const std::string_view lost = WriteAll(state.fd.get(), batch);
    lock.lock();
    state.being_written = 0;
    state.dropped += LinesIn(lost);
    state.written.notify_all();
  }
}

}  // namespace thimble
