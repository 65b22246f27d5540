#include "worker/pool_core.h"

#include <sys/wait.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <utility>

namespace thimble {
namespace {

namespace asio = boost::asio;

ZygoteOptions ZygoteOptionsFrom(const PoolOptions& options) {
  return {.program = options.worker_program,
          .worker_memory_bytes = options.worker_memory_bytes,
          .max_result_bytes = options.max_result_bytes,
          .allow_missing_sandbox = options.allow_missing_sandbox};
}

// Memory and the output are used by all of a batch at once.
bool CompanyMayCause(ErrorCode code) {
  return code == ErrorCode::kImageTooCostly || code == ErrorCode::kResultTooLarge;
}

}  // namespace

PoolCore::PoolCore(asio::any_io_executor executor, PoolOptions options, LineSink stderr_lines)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      crew_(std::make_shared<Crew>(executor_, options_.workers, ZygoteOptionsFrom(options_),
                                   static_cast<CrewEvents&>(*this), std::move(stderr_lines))) {}

Status PoolCore::Start() { return crew_->Start(); }

asio::awaitable<Expected<JobOutput>> PoolCore::Run(Job job, Deadline deadline) {
  const auto self = shared_from_this();
  const JobHandle pending = Submit(std::move(job), deadline);
  if (!pending->outcome) {
    // The job goes on when its caller is cancelled: others may wait for its result.
    boost::system::error_code cancelled;
    auto token = asio::bind_cancellation_slot(asio::cancellation_slot(),
                                              asio::redirect_error(asio::use_awaitable, cancelled));
    co_await pending->done.async_wait(token);
  }
  co_return std::move(*pending->outcome);
}

JobHandle PoolCore::Submit(Job job, Deadline deadline) {
  auto pending = std::make_shared<PendingJob>(executor_, std::move(job), deadline);
  if (stopped_) {
    pending->Complete(Fail(ErrorCode::kDraining));
  } else if (pending->job.source == nullptr) {
    pending->Complete(Fail(ErrorCode::kInternal, "job without a source"));
  } else if (deadline.passed()) {
    pending->Complete(Fail(ErrorCode::kDeadlineExceeded));
  } else if (!HasRoom()) {
    pending->Complete(Fail(ErrorCode::kOverloaded, "the workers' queue is full"));
  } else {
    WatchDeadline(pending);
    queue_.Add(pending);
    DispatchSoon();
  }
  return pending;
}

// A free worker is about to take the first of the queue.
bool PoolCore::HasRoom() const {
  const auto queued = static_cast<std::ptrdiff_t>(queue_.size());
  if (queued < options_.max_queued_jobs) return true;
  const auto free = std::count_if(workers_.begin(), workers_.end(), [this](const auto& entry) {
    return IsFree(entry.first, entry.second);
  });
  return queued < options_.max_queued_jobs + free;
}

// ---- time

void PoolCore::WatchDeadline(const JobHandle& job) {
  job->deadline_timer.expires_at(job->deadline.moment());
  job->deadline_timer.async_wait([weak_core = weak_from_this(), weak_job = std::weak_ptr(job)](
                                     const boost::system::error_code& error) {
    const auto core = weak_core.lock();
    const auto late = weak_job.lock();
    if (!error && core && late) core->OnDeadline(late);
  });
}

void PoolCore::OnDeadline(const JobHandle& job) {
  if (job->outcome) return;
  if (!job->worker) {
    queue_.Remove(job);
    return job->Complete(Fail(ErrorCode::kDeadlineExceeded, "waited for a worker"));
  }
  const WorkerId worker = *job->worker;
  const Batch& batch = *workers_.at(worker).batch;
  // A picture that was given only the rest of a crowded queue's time, or of its company's, is not
  // to blame.
  const auto span = job->deadline.moment() - job->submitted;
  const auto worked = job->deadline.moment() - job->started;
  const bool at_fault = worked * 2 >= span && !batch.has_answers();
  job->Complete(Fail(at_fault ? ErrorCode::kImageTooCostly : ErrorCode::kDeadlineExceeded,
                     "not done at its deadline"));
  if (batch.is_forsaken()) EndForsaken(worker);
}

// Nobody waits any more for what it does.
void PoolCore::EndForsaken(WorkerId worker) {
  ++counts_.deaths_by_deadline;
  workers_.erase(worker);
  crew_->Discard(worker);
}

// ---- jobs out

// Not at once: whoever was woken by the same event, such as the arrival of an original that several
// wait for, shall be in the queue before its first is handed out.
void PoolCore::DispatchSoon() {
  if (std::exchange(dispatch_waits_, true)) return;
  asio::post(executor_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->dispatch_waits_ = false;
    self->Dispatch();
  });
}

void PoolCore::Dispatch() {
  while (!queue_.empty()) {
    const std::optional<WorkerId> worker = FindFreeWorker();
    if (!worker) return;
    HandOver(*worker, queue_.TakeBatch(kMaxTargets));
  }
}

bool PoolCore::IsFree(WorkerId id, const Worker& worker) const {
  return !worker.batch && crew_->IsQuiet(id);
}

std::optional<WorkerId> PoolCore::FindFreeWorker() const {
  for (const auto& [id, worker] : workers_) {
    if (IsFree(id, worker)) return id;
  }
  return std::nullopt;
}

Status PoolCore::EnsureDesk(Worker& worker) const {
  if (worker.desk) return {};
  THIMBLE_TRY(Inbox inbox, Inbox::Create());
  THIMBLE_TRY(OutputBuffer output, OutputBuffer::Create(options_.max_result_bytes));
  worker.desk.emplace(Desk{std::move(inbox), std::move(output)});
  return {};
}

Status PoolCore::Send(WorkerId worker, const Batch& batch, const BatchMessage& message) {
  Desk& desk = *workers_.at(worker).desk;
  const SealedBytes& source = batch.source();
  if (source.in_own_memory()) desk.inbox.Fill(source.own_memory());
  const int source_fd = source.in_own_memory() ? desk.inbox.fd() : source.fd();
  return crew_->SendBatch(worker, message, source_fd, desk.output.fd());
}

void PoolCore::HandOver(WorkerId worker, std::vector<JobHandle> jobs) {
  const auto fail_all = [](const std::vector<JobHandle>& failed, const Error& error) {
    for (const JobHandle& job : failed) job->Complete(tl::unexpected(error));
  };
  const Status ready = EnsureDesk(workers_.at(worker));
  // Out of descriptors or memory: the server is at its limits.
  if (!ready) return fail_all(jobs, {ErrorCode::kOverloaded, ready.error().detail});
  const bool compare_decoders = IsTurnToCompare(jobs.size());
  Batch batch{
      .id = next_batch_id_++, .jobs = std::move(jobs), .compare_decoders = compare_decoders};
  const Expected<BatchMessage> message = batch.Describe(options_.max_result_bytes);
  if (!message) return fail_all(batch.jobs, message.error());
  if (const Status sent = Send(worker, batch, *message); !sent) {
    // The worker broke just now.
    workers_.erase(worker);
    crew_->Discard(worker);
    return queue_.PutBack(batch.jobs);
  }
  for (const JobHandle& job : batch.jobs) {
    job->worker = worker;
    job->started = SteadyClock::now();
  }
  workers_.at(worker).batch.emplace(std::move(batch));
}

// ---- results in

void PoolCore::OnWorkerReady(WorkerId worker) {
  // Where descriptors or memory have run out its first batch tries again.
  static_cast<void>(EnsureDesk(workers_.try_emplace(worker).first->second));
  Dispatch();
}

void PoolCore::OnWorkerAnswer(WorkerId worker, const AnswerMessage& message) {
  const auto found = workers_.find(worker);
  if (found == workers_.end() || !found->second.batch) {
    return Reject(worker, "an answer that was not asked for");
  }
  Worker& state = found->second;
  Batch& batch = *state.batch;
  Expected<TargetAnswer> answer =
      DecodeAnswer(message, {.batch_id = batch.id,
                             .targets = batch.jobs.size(),
                             .output_bytes = state.desk->output.size()});
  if (!answer) return Reject(worker, answer.error().detail);
  JobHandle& job = batch.jobs[answer->target];
  if (!job) return Reject(worker, "two answers for one target");
  Expected<JobOutput> output = Collect(*job, std::move(answer->result), state.desk->output);
  if (!output && output.error().code == ErrorCode::kWorkerDied) {
    return Reject(worker, output.error().detail);
  }
  CountComparison(answer->comparison);
  if (output) output->comparison = answer->comparison;
  Settle(batch, job, std::move(output));
  job.reset();
  ++state.jobs_done;
  if (!batch.is_done()) {
    // The others' time is up already.
    if (batch.is_forsaken()) EndForsaken(worker);
    return;
  }
  ++counts_.batches_done;
  state.batch.reset();
  state.desk->output.KeepLittle();
  if (state.jobs_done >= options_.jobs_per_worker) {
    workers_.erase(found);
    crew_->Discard(worker);
  }
  Dispatch();
}

// So that of all jobs the share that was asked for is compared; of a batch, one.
bool PoolCore::IsTurnToCompare(std::size_t jobs) {
  const double due = jobs_to_compare_ + options_.shadow_compare * static_cast<double>(jobs);
  jobs_to_compare_ = std::min(due, 1.0);
  if (jobs_to_compare_ < 1) return false;
  jobs_to_compare_ -= 1;
  return true;
}

void PoolCore::CountComparison(DecoderComparison comparison) {
  switch (comparison) {
    case DecoderComparison::kNone: break;
    case DecoderComparison::kSame: ++counts_.compared_same; break;
    case DecoderComparison::kOtherBytes: ++counts_.compared_other_bytes; break;
    case DecoderComparison::kOtherVerdict: ++counts_.compared_other_verdict; break;
  }
}

void PoolCore::Settle(const Batch& batch, const JobHandle& job, Expected<JobOutput> output) {
  if (!output && batch.is_company() && !job->outcome && CompanyMayCause(output.error().code)) {
    job->alone = true;
    job->worker.reset();
    queue_.PutBack({job});
    return DispatchSoon();
  }
  ++counts_.jobs_done;
  job->Complete(std::move(output));
}

// Their worker is gone. `innocent`: nothing about them can have been the cause.
void PoolCore::Abandon(const Batch& batch, bool innocent, const std::string& why) {
  std::vector<JobHandle> again;
  for (const JobHandle& job : batch.jobs) {
    if (!job || job->outcome) continue;
    if (innocent && !job->retried) {
      job->retried = true;
    } else if (batch.is_company()) {
      job->alone = true;
    } else {
      job->Complete(Fail(ErrorCode::kWorkerDied, why));
      continue;
    }
    job->worker.reset();
    again.push_back(job);
  }
  queue_.PutBack(again);
}

void PoolCore::Reject(WorkerId worker, const std::string& why) {
  ++counts_.rejected_replies;
  const auto found = workers_.find(worker);
  if (found != workers_.end()) {
    const std::optional<Batch> batch = std::move(found->second.batch);
    workers_.erase(found);
    if (batch) Abandon(*batch, false, "refused what the worker sent: " + why);
  }
  crew_->Discard(worker);
  DispatchSoon();
}

void PoolCore::OnWorkerNonsense(WorkerId worker, const std::string& what) { Reject(worker, what); }

void PoolCore::OnWorkerLost(WorkerId worker, const WorkerLoss& loss) {
  if (!loss.with_zygote) CountDeath(loss.wait_status);
  const auto found = workers_.find(worker);
  if (found == workers_.end()) return;
  const std::optional<Batch> batch = std::move(found->second.batch);
  workers_.erase(found);
  if (!batch) return;
  const std::string how =
      loss.with_zygote ? "with the zygote" : DescribeWaitStatus(loss.wait_status);
  Abandon(*batch, loss.batch_is_innocent(), "the worker ended: " + how);
  Dispatch();
}

void PoolCore::CountDeath(int wait_status) {
  const bool violation = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGSYS;
  ++(violation ? counts_.deaths_by_violation : counts_.deaths_by_signal);
}

// ---- the rest

PoolStats PoolCore::stats() const {
  PoolStats stats = counts_;
  stats.workers_alive = crew_->ready_workers();
  stats.workers_busy =
      static_cast<int>(std::count_if(workers_.begin(), workers_.end(), [](const auto& entry) {
        return entry.second.batch.has_value();
      }));
  stats.jobs_queued = static_cast<int>(queue_.size());
  stats.zygote_restarts = crew_->zygote_restarts();
  stats.log_lines_dropped = crew_->stderr_lines_dropped();
  return stats;
}

std::string PoolCore::sandbox_summary() const { return DescribeSandbox(crew_->sandbox()); }

void PoolCore::Stop() {
  stopped_ = true;
  crew_->Stop();
  for (const JobHandle& job : queue_.TakeAll()) job->Complete(Fail(ErrorCode::kDraining));
  for (auto& [id, worker] : std::exchange(workers_, {})) {
    if (!worker.batch) continue;
    for (const JobHandle& job : worker.batch->jobs) {
      if (job) job->Complete(Fail(ErrorCode::kDraining));
    }
  }
}

}  // namespace thimble
