#include "worker/crew.h"

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

Crew::Crew(boost::asio::any_io_executor executor, int wanted, ZygoteOptions options,
           CrewEvents& events, LineSink stderr_lines)
    : executor_(std::move(executor)),
      wanted_(wanted),
      options_(std::move(options)),
      events_(events),
      stderr_lines_(std::move(stderr_lines)),
      zygote_timer_(executor_),
      renewal_timer_(executor_),
      fill_timer_(executor_) {}

template <class Callback>
void Crew::AfterDelay(boost::asio::steady_timer& timer, std::chrono::milliseconds delay,
                      Callback callback) {
  timer.expires_after(delay);
  timer.async_wait([weak = weak_from_this(),
                    callback = std::move(callback)](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self && !self->stopped_) callback(*self);
  });
}

// ---- the zygote

Status Crew::Start() {
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

Status Crew::OpenStderr() {
  if (!stderr_lines_) return {};
  THIMBLE_TRY(stderr_, StderrDrain::Open(executor_, stderr_lines_));
  options_.stderr_fd = stderr_->write_end();
  stderr_->Watch();
  return {};
}

Status Crew::AwaitZygote() {
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

void Crew::Stop() {
  stopped_ = true;
  zygote_timer_.cancel();
  renewal_timer_.cancel();
  fill_timer_.cancel();
  members_.clear();
  leaving_.clear();
  zygote_watch_.reset();
  zygote_.reset();
  if (stderr_) stderr_->Stop();
  retiring_watch_.reset();
  retiring_.reset();
  ReapOrphans();
}

Status Crew::LaunchZygote() {
  THIMBLE_TRY(ZygoteClient launched, ZygoteClient::Launch(options_));
  zygote_.emplace(std::move(launched));
  return {};
}

Expected<bool> Crew::HandleZygoteEvent() {
  THIMBLE_TRY(ZygoteEvent event, zygote_->NextEvent());
  switch (event.kind) {
    case ZygoteEvent::Kind::kNothingYet: return false;
    case ZygoteEvent::Kind::kReady: {
      if (Status s = AcceptZygote(event.sandbox); !s) return Forward(s);
      break;
    }
    case ZygoteEvent::Kind::kSpawned: AddMember(std::move(event)); break;
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

Status Crew::AcceptZygote(const SandboxReport& report) {
  if (!report.Has(SandboxFeature::kSeccomp) && !options_.allow_missing_sandbox) {
    return Fail(ErrorCode::kBadSetting,
                "workers cannot be sandboxed here: the seccomp self-test failed (there is: " +
                    DescribeSandbox(report) + ")");
  }
  sandbox_ = report;
  zygote_ready_ = true;
  zygote_timer_.cancel();
  if (retiring_) events_.OnWorkersOutdated();
  return {};
}

void Crew::WatchZygote() {
  if (!zygote_watch_) zygote_watch_.emplace(executor_, zygote_->fd());
  zygote_watch_->WhenReadable([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->zygote_watch_) self->OnZygoteReadable();
  });
}

void Crew::OnZygoteReadable() {
  for (;;) {
    const Expected<bool> more = HandleZygoteEvent();
    if (!more) return LoseZygote();
    if (!*more) break;
  }
  WatchZygote();
  Fill();
}

void Crew::RestartZygote() {
  if (Status s = LaunchZygote(); !s) return LoseZygote();
  WatchZygote();
  AfterDelay(zygote_timer_, kZygoteStartLimit, [](Crew& crew) { crew.LoseZygote(); });
}

void Crew::LoseZygote() {
  zygote_watch_.reset();
  zygote_.reset();
  zygote_ready_ = false;
  spawns_under_way_ = 0;
  ++zygote_restarts_;
  LoseWorkers(false);
  AfterDelay(zygote_timer_, backoff_.Next(), [](Crew& crew) { crew.RestartZygote(); });
}

// Their zygote has died, and they with it.
void Crew::LoseWorkers(bool outdated) {
  std::vector<WorkerId> lost;
  for (const auto& [worker, member] : members_) {
    if (member.outdated != outdated) continue;
    orphans_.push_back(member.process.pid());
    if (member.ready) lost.push_back(worker);
  }
  for (const auto& [pid, leaving] : leaving_) {
    if (leaving.outdated != outdated) continue;
    orphans_.push_back(pid);
    if (leaving.worker) lost.push_back(*leaving.worker);
  }
  std::erase_if(members_, [&](const auto& entry) { return entry.second.outdated == outdated; });
  std::erase_if(leaving_, [&](const auto& entry) { return entry.second.outdated == outdated; });
  for (const WorkerId worker : lost) events_.OnWorkerLost(worker, {.with_zygote = true});
}

// ---- a fresh zygote

void Crew::RenewZygote() {
  renewal_wanted_ = true;
  RenewSoon();
}

// Not at once: the zygote's or a worker's event is just being handled.
void Crew::RenewSoon() {
  if (!renewal_wanted_) return;
  AfterDelay(renewal_timer_, std::chrono::milliseconds(0),
             [](Crew& crew) { crew.RenewIfWanted(); });
}

void Crew::RenewIfWanted() {
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
  for (auto& [worker, member] : members_) member.outdated = true;
  for (auto& [pid, leaving] : leaving_) leaving.outdated = true;
  WatchRetiring();
  WatchZygote();
  AfterDelay(zygote_timer_, kZygoteStartLimit, [](Crew& crew) { crew.LoseZygote(); });
}

bool Crew::IsOutdated(WorkerId worker) const {
  const auto found = members_.find(worker);
  return zygote_ready_ && found != members_.end() && found->second.outdated;
}

void Crew::WatchRetiring() {
  if (!retiring_watch_) retiring_watch_.emplace(executor_, retiring_->fd());
  retiring_watch_->WhenReadable([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->retiring_watch_) self->OnRetiringReadable();
  });
}

// Nothing is asked of it any more: it only tells of its workers' ends.
void Crew::OnRetiringReadable() {
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

void Crew::EndRetiringIfAlone() {
  const auto is_outdated = [](const auto& entry) { return entry.second.outdated; };
  if (std::any_of(members_.begin(), members_.end(), is_outdated) ||
      std::any_of(leaving_.begin(), leaving_.end(), is_outdated)) {
    return;
  }
  retiring_watch_.reset();
  retiring_.reset();
  RenewSoon();
}

// Where the server is its container's first process, a dead zygote's workers become its children.
void Crew::ReapOrphans() {
  std::erase_if(orphans_, [](pid_t orphan) { return ::waitpid(orphan, nullptr, WNOHANG) != 0; });
}

// ---- the workers

void Crew::Fill() {
  if (stopped_ || !zygote_ready_ || fill_waits_) return;
  while (static_cast<int>(members_.size()) + spawns_under_way_ < wanted_) {
    // A broken socket shows as an end of file soon.
    if (!zygote_->RequestWorker()) return;
    ++spawns_under_way_;
    AfterDelay(zygote_timer_, kSpawnLimit, [](Crew& crew) { crew.LoseZygote(); });
  }
}

void Crew::NoteSpawnAnswered() {
  if (--spawns_under_way_ > 0) return;
  zygote_timer_.cancel();
  RenewSoon();
}

// Workers that cannot even start would otherwise be forked as fast as the machine can.
void Crew::FillLater() {
  if (fill_waits_) return;
  const std::chrono::milliseconds delay = backoff_.Next();
  if (delay == std::chrono::milliseconds::zero()) return Fill();
  fill_waits_ = true;
  AfterDelay(fill_timer_, delay, [](Crew& crew) {
    crew.fill_waits_ = false;
    crew.Fill();
  });
}

void Crew::AddMember(ZygoteEvent spawned) {
  NoteSpawnAnswered();
  ReapOrphans();
  const WorkerId worker = next_worker_++;
  Member& member = members_.try_emplace(worker, executor_, std::move(spawned)).first->second;
  AfterDelay(member.start_limit, kWorkerStartLimit, [worker](Crew& crew) {
    if (crew.members_.contains(worker)) crew.LoseMember(worker, false);
  });
  WatchMember(worker);
}

void Crew::WatchMember(WorkerId worker) {
  members_.at(worker).watch.WhenReadable([weak = weak_from_this(), worker] {
    const auto self = weak.lock();
    if (!self) return;
    self->DrainMember(worker);
    if (self->members_.contains(worker)) self->WatchMember(worker);
  });
}

void Crew::DrainMember(WorkerId worker) {
  for (;;) {
    const auto found = members_.find(worker);  // anew: handling an event may discard it
    if (found == members_.end() || !HandleMemberEvent(worker, found->second)) return;
  }
}

bool Crew::HandleMemberEvent(WorkerId worker, Member& member) {
  const Expected<WorkerEvent> event = member.process.NextEvent();
  if (!event) {
    events_.OnWorkerNonsense(worker, event.error().detail);
    return true;
  }
  switch (event->kind) {
    case WorkerEvent::Kind::kNothingYet: return false;
    case WorkerEvent::Kind::kGone: LoseMember(worker, false); break;
    case WorkerEvent::Kind::kGoneUnread: LoseMember(worker, true); break;
    case WorkerEvent::Kind::kAnswer: {
      backoff_.Reset();
      events_.OnWorkerAnswer(worker, event->answer);
      break;
    }
    case WorkerEvent::Kind::kReady: {
      if (std::exchange(member.ready, true)) {
        events_.OnWorkerNonsense(worker, "ready twice");
      } else {
        member.start_limit.cancel();
        events_.OnWorkerReady(worker);
      }
      break;
    }
  }
  return true;
}

// It has gone by itself, or is too late. Why, the zygote will say.
void Crew::LoseMember(WorkerId worker, bool batch_unread) {
  Leaving leaving{.worker = std::nullopt, .batch_unread = batch_unread, .outdated = false};
  if (members_.at(worker).ready) leaving.worker = worker;
  RemoveMember(worker, leaving);
}

void Crew::Discard(WorkerId worker) {
  if (members_.contains(worker)) RemoveMember(worker, {});
}

void Crew::RemoveMember(WorkerId worker, Leaving leaving) {
  const auto found = members_.find(worker);
  const bool at_once = found->second.had_batch || found->second.outdated;
  leaving.outdated = found->second.outdated;
  leaving_.emplace(found->second.process.pid(), leaving);
  members_.erase(found);
  // A worker that dies over a picture is replaced at once however often that happens: a fork is
  // cheap, and waiting would let a few bad pictures stop all others.
  if (at_once) return Fill();
  FillLater();
}

void Crew::OnExited(pid_t pid, int wait_status) {
  for (const auto& [worker, member] : members_) {
    if (member.process.pid() != pid) continue;
    // Its last words may be unread, and its end of file not seen yet.
    const WorkerId ended = worker;
    DrainMember(ended);
    if (members_.contains(ended)) LoseMember(ended, false);
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

bool Crew::IsQuiet(WorkerId worker) const {
  const auto found = members_.find(worker);
  return found != members_.end() && found->second.process.IsQuiet();
}

Status Crew::SendBatch(WorkerId worker, const BatchMessage& batch, int source_fd, int output_fd) {
  Member& member = members_.at(worker);
  member.had_batch = true;
  return member.process.SendBatch(batch, source_fd, output_fd);
}

int Crew::ready_workers() const {
  int ready = 0;
  for (const auto& [worker, member] : members_) ready += member.ready ? 1 : 0;
  return ready;
}

}  // namespace thimble
