#include "worker/worker_supervisor.h"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/deadline.h"

namespace thimble {
namespace {

// Warming the codecs takes milliseconds; a loaded machine may take its time.
constexpr std::chrono::milliseconds kZygoteStartLimit{30'000};
constexpr std::chrono::milliseconds kWorkerStartLimit{10'000};
// A fork takes a millisecond; a zygote that does not answer for so long is stopped or stuck.
constexpr std::chrono::milliseconds kSpawnLimit{5'000};

}  // namespace

WorkerSupervisor::WorkerSupervisor(boost::asio::any_io_executor executor, int wanted,
                                   ZygoteOptions options, WorkerEvents& events,
                                   LineSink stderr_lines)
    : executor_(std::move(executor)),
      wanted_(wanted),
      options_(std::move(options)),
      events_(events),
      stderr_lines_(std::move(stderr_lines)),
      zygote_timer_(executor_),
      renewal_timer_(executor_),
      fill_timer_(executor_) {}

template <class Callback>
void WorkerSupervisor::AfterDelay(boost::asio::steady_timer& timer, std::chrono::milliseconds delay,
                                  Callback callback) {
  timer.expires_after(delay);
  timer.async_wait([weak = weak_from_this(),
                    callback = std::move(callback)](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self && !self->stopped_) callback(*self);
  });
}

// ---- the zygote

Status WorkerSupervisor::Start() {
  if (Status s = OpenStderr(); !s) return s;
  if (Status s = LaunchZygote(); !s) return s;
  if (Status s = AwaitZygote(); !s) {
    if (stderr_) stderr_->Read();  // mostly says why
    return s;
  }
  WatchZygote();
  Fill();
  return {};
}

Status WorkerSupervisor::OpenStderr() {
  if (!stderr_lines_) return {};
  THIMBLE_TRY(stderr_, StderrDrain::Open(executor_, stderr_lines_));
  options_.stderr_fd = stderr_->write_end();
  stderr_->Watch();
  return {};
}

Status WorkerSupervisor::AwaitZygote() {
  const Deadline limit = Deadline::After(kZygoteStartLimit);
  while (!zygote_ready_) {
    pollfd waiting{zygote_->fd(), POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(limit.remaining().count()));
    if (ready < 0 && errno != EINTR) return FailErrno("poll");
    if (ready == 0) return Fail(ErrorCode::kSystem, "the worker program does not get ready");
    if (Expected<bool> handled = HandleZygoteEvent(); !handled) return Forward(handled);
  }
  return {};
}

void WorkerSupervisor::Stop() {
  stopped_ = true;
  zygote_timer_.cancel();
  renewal_timer_.cancel();
  fill_timer_.cancel();
  workers_.clear();
  leaving_.clear();
  zygote_watch_.reset();
  zygote_.reset();
  if (stderr_) stderr_->Stop();
  retiring_watch_.reset();
  retiring_.reset();
  ReapOrphans();
}

Status WorkerSupervisor::LaunchZygote() {
  THIMBLE_TRY(ZygoteClient launched, ZygoteClient::Launch(options_));
  zygote_.emplace(std::move(launched));
  return {};
}

Expected<bool> WorkerSupervisor::HandleZygoteEvent() {
  THIMBLE_TRY(ZygoteEvent event, zygote_->NextEvent());
  switch (event.kind) {
    case ZygoteEvent::Kind::kNothingYet: return false;
    case ZygoteEvent::Kind::kReady: {
      if (Status s = AcceptZygote(event); !s) return Forward(s);
      break;
    }
    case ZygoteEvent::Kind::kSpawned: AddWorker(std::move(event)); break;
    case ZygoteEvent::Kind::kSpawnFailed: {
      NoteSpawnAnswered();
      FillLater();
      break;
    }
    case ZygoteEvent::Kind::kExited: OnExited(event.pid, event.wait_status); break;
    case ZygoteEvent::Kind::kGone:
      return Fail(ErrorCode::kSystem, "the worker program ended: " + zygote_->End());
  }
  return true;
}

Status WorkerSupervisor::AcceptZygote(const ZygoteEvent& event) {
  const SandboxReport& report = event.sandbox;
  if (!report.Has(SandboxFeature::kSeccomp) && !options_.allow_missing_sandbox) {
    return Fail(ErrorCode::kBadSetting,
                "workers cannot be sandboxed here: the seccomp self-test failed (there is: " +
                    DescribeSandbox(report) + ")");
  }
  sandbox_ = report;
  libraries_ = event.libraries;
  zygote_ready_ = true;
  zygote_timer_.cancel();
  if (retiring_) events_.OnWorkersOutdated();
  return {};
}

void WorkerSupervisor::WatchZygote() {
  if (!zygote_watch_) zygote_watch_.emplace(executor_, zygote_->fd());
  zygote_watch_->WhenReadable([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->zygote_watch_) self->OnZygoteReadable();
  });
}

void WorkerSupervisor::OnZygoteReadable() {
  for (;;) {
    const Expected<bool> more = HandleZygoteEvent();
    if (!more) return LoseZygote();
    if (!*more) break;
  }
  WatchZygote();
  Fill();
}

void WorkerSupervisor::RestartZygote() {
  if (Status s = LaunchZygote(); !s) return LoseZygote();
  WatchZygote();
  AfterDelay(zygote_timer_, kZygoteStartLimit, [](WorkerSupervisor& self) { self.LoseZygote(); });
}

void WorkerSupervisor::LoseZygote() {
  zygote_watch_.reset();
  zygote_.reset();
  zygote_ready_ = false;
  spawns_under_way_ = 0;
  ++zygote_restarts_;
  LoseWorkers(false);
  AfterDelay(zygote_timer_, backoff_.Next(), [](WorkerSupervisor& self) { self.RestartZygote(); });
}

// Their zygote has died, and they with it.
void WorkerSupervisor::LoseWorkers(bool outdated) {
  std::vector<WorkerId> lost;
  for (const auto& [worker, state] : workers_) {
    if (state.outdated != outdated) continue;
    orphans_.push_back(state.process.pid());
    if (state.ready) lost.push_back(worker);
  }
  for (const auto& [pid, leaving] : leaving_) {
    if (leaving.outdated != outdated) continue;
    orphans_.push_back(pid);
    if (leaving.worker) lost.push_back(*leaving.worker);
  }
  std::erase_if(workers_, [&](const auto& entry) { return entry.second.outdated == outdated; });
  std::erase_if(leaving_, [&](const auto& entry) { return entry.second.outdated == outdated; });
  for (const WorkerId worker : lost) events_.OnWorkerLost(worker, {.with_zygote = true});
}

// ---- a fresh zygote

void WorkerSupervisor::RenewZygote() {
  renewal_wanted_ = true;
  RenewSoon();
}

// Not at once: the zygote's or a worker's event is just being handled.
void WorkerSupervisor::RenewSoon() {
  if (!renewal_wanted_) return;
  AfterDelay(renewal_timer_, std::chrono::milliseconds(0),
             [](WorkerSupervisor& self) { self.RenewIfWanted(); });
}

void WorkerSupervisor::RenewIfWanted() {
  if (!renewal_wanted_ || !zygote_ready_ || spawns_under_way_ > 0 || retiring_) return;
  Expected<ZygoteClient> fresh = ZygoteClient::Launch(options_);
  if (!fresh) return;  // what there is goes on
  renewal_wanted_ = false;
  zygote_watch_.reset();
  retiring_.emplace(std::move(*zygote_));
  zygote_.reset();
  zygote_.emplace(std::move(*fresh));
  zygote_ready_ = false;
  ++zygote_restarts_;
  for (auto& [worker, state] : workers_) state.outdated = true;
  for (auto& [pid, leaving] : leaving_) leaving.outdated = true;
  WatchRetiring();
  WatchZygote();
  AfterDelay(zygote_timer_, kZygoteStartLimit, [](WorkerSupervisor& self) { self.LoseZygote(); });
}

bool WorkerSupervisor::IsOutdated(WorkerId worker) const {
  const auto found = workers_.find(worker);
  return zygote_ready_ && found != workers_.end() && found->second.outdated;
}

void WorkerSupervisor::WatchRetiring() {
  if (!retiring_watch_) retiring_watch_.emplace(executor_, retiring_->fd());
  retiring_watch_->WhenReadable([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->retiring_watch_) self->OnRetiringReadable();
  });
}

// Nothing is asked of it any more: it only tells of its workers' ends.
void WorkerSupervisor::OnRetiringReadable() {
  for (;;) {
    const Expected<ZygoteEvent> event = retiring_->NextEvent();
    if (event && event->kind == ZygoteEvent::Kind::kNothingYet) break;
    if (event && event->kind == ZygoteEvent::Kind::kExited) {
      OnExited(event->pid, event->wait_status);
      continue;
    }
    retiring_watch_.reset();
    retiring_.reset();
    LoseWorkers(true);
    return RenewSoon();
  }
  WatchRetiring();
  EndRetiringIfAlone();
}

void WorkerSupervisor::EndRetiringIfAlone() {
  const auto is_outdated = [](const auto& entry) { return entry.second.outdated; };
  if (std::any_of(workers_.begin(), workers_.end(), is_outdated) ||
      std::any_of(leaving_.begin(), leaving_.end(), is_outdated)) {
    return;
  }
  retiring_watch_.reset();
  retiring_.reset();
  RenewSoon();
}

// Where the server is its container's first process, a dead zygote's workers become its children.
void WorkerSupervisor::ReapOrphans() {
  std::erase_if(orphans_, [](pid_t orphan) { return ::waitpid(orphan, nullptr, WNOHANG) != 0; });
}

// ---- the workers

void WorkerSupervisor::Fill() {
  if (stopped_ || !zygote_ready_ || fill_waits_) return;
  while (static_cast<int>(workers_.size()) + spawns_under_way_ < wanted_) {
    // A broken socket shows as an end of file soon.
    if (!zygote_->RequestWorker()) return;
    ++spawns_under_way_;
    AfterDelay(zygote_timer_, kSpawnLimit, [](WorkerSupervisor& self) { self.LoseZygote(); });
  }
}

void WorkerSupervisor::NoteSpawnAnswered() {
  if (--spawns_under_way_ > 0) return;
  zygote_timer_.cancel();
  RenewSoon();
}

// Workers that cannot even start would otherwise be forked as fast as the machine can.
void WorkerSupervisor::FillLater() {
  if (fill_waits_) return;
  const std::chrono::milliseconds delay = backoff_.Next();
  if (delay == std::chrono::milliseconds::zero()) return Fill();
  fill_waits_ = true;
  AfterDelay(fill_timer_, delay, [](WorkerSupervisor& self) {
    self.fill_waits_ = false;
    self.Fill();
  });
}

void WorkerSupervisor::AddWorker(ZygoteEvent spawned) {
  NoteSpawnAnswered();
  ReapOrphans();
  const WorkerId worker = next_worker_++;
  Worker& state = workers_.try_emplace(worker, executor_, std::move(spawned)).first->second;
  AfterDelay(state.start_limit, kWorkerStartLimit, [worker](WorkerSupervisor& self) {
    if (self.workers_.contains(worker)) self.LoseWorker(worker, false);
  });
  WatchWorker(worker);
}

void WorkerSupervisor::WatchWorker(WorkerId worker) {
  workers_.at(worker).watch.WhenReadable([weak = weak_from_this(), worker] {
    const auto self = weak.lock();
    if (!self) return;
    self->DrainWorker(worker);
    if (self->workers_.contains(worker)) self->WatchWorker(worker);
  });
}

void WorkerSupervisor::DrainWorker(WorkerId worker) {
  for (;;) {
    const auto found = workers_.find(worker);  // anew: handling an event may discard it
    if (found == workers_.end() || !HandleWorkerEvent(worker, found->second)) return;
  }
}

bool WorkerSupervisor::HandleWorkerEvent(WorkerId worker, Worker& state) {
  const Expected<WorkerEvent> event = state.process.NextEvent();
  if (!event) {
    events_.OnWorkerNonsense(worker, event.error().detail);
    return true;
  }
  switch (event->kind) {
    case WorkerEvent::Kind::kNothingYet: return false;
    case WorkerEvent::Kind::kGone: LoseWorker(worker, false); break;
    case WorkerEvent::Kind::kGoneUnread: LoseWorker(worker, true); break;
    case WorkerEvent::Kind::kAnswer: {
      backoff_.Reset();
      events_.OnWorkerAnswer(worker, event->answer);
      break;
    }
    case WorkerEvent::Kind::kReady: {
      if (std::exchange(state.ready, true)) {
        events_.OnWorkerNonsense(worker, "ready twice");
      } else {
        state.start_limit.cancel();
        events_.OnWorkerReady(worker);
      }
      break;
    }
  }
  return true;
}

// It has gone by itself, or is too late. Why, the zygote will say.
void WorkerSupervisor::LoseWorker(WorkerId worker, bool batch_unread) {
  Leaving leaving{.worker = std::nullopt, .batch_unread = batch_unread, .outdated = false};
  if (workers_.at(worker).ready) leaving.worker = worker;
  RemoveWorker(worker, leaving);
}

void WorkerSupervisor::Discard(WorkerId worker) {
  if (workers_.contains(worker)) RemoveWorker(worker, {});
}

void WorkerSupervisor::RemoveWorker(WorkerId worker, Leaving leaving) {
  const auto found = workers_.find(worker);
  const bool at_once = found->second.had_batch || found->second.outdated;
  leaving.outdated = found->second.outdated;
  leaving_.emplace(found->second.process.pid(), leaving);
  workers_.erase(found);
  // A worker that dies over a picture is replaced at once however often that happens: a fork is
  // cheap, and waiting would let a few bad pictures stop all others.
  if (at_once) return Fill();
  FillLater();
}

void WorkerSupervisor::OnExited(pid_t pid, int wait_status) {
  for (const auto& [worker, state] : workers_) {
    if (state.process.pid() != pid) continue;
    // Its last words may be unread, and its end of file not seen yet.
    const WorkerId ended = worker;
    DrainWorker(ended);
    if (workers_.contains(ended)) LoseWorker(ended, false);
    break;
  }
  const auto found = leaving_.find(pid);
  if (found == leaving_.end()) return;
  const Leaving leaving = found->second;
  leaving_.erase(found);
  if (!leaving.worker) return;
  events_.OnWorkerLost(
      *leaving.worker,
      {.with_zygote = false, .batch_unread = leaving.batch_unread, .wait_status = wait_status});
}

bool WorkerSupervisor::IsQuiet(WorkerId worker) const {
  const auto found = workers_.find(worker);
  return found != workers_.end() && found->second.process.IsQuiet();
}

Status WorkerSupervisor::SendBatch(WorkerId worker, const BatchMessage& batch, int source_fd,
                                   int output_fd) {
  Worker& state = workers_.at(worker);
  state.had_batch = true;
  return state.process.SendBatch(batch, source_fd, output_fd);
}

int WorkerSupervisor::ready_workers() const {
  int ready = 0;
  for (const auto& [worker, state] : workers_) ready += state.ready ? 1 : 0;
  return ready;
}

}  // namespace thimble
