#include "worker/pool_core.h"

#include <sys/wait.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
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

// So many guesses at the workers' address-space layout are free.
constexpr int kCrashesForFreshZygote = 5;

// A worker that nobody waits for may have this part of its job's limit.
constexpr int kShareWorthFinishing = 40;

// Of a job that a worker has. A picture that was given only the rest of its time, or of the rest
// of its batch's, is not to blame.
JobFailure WhyLate(const PendingJob& job, const Batch& batch) {
  const auto allowed =
      std::min<SteadyClock::duration>(job.deadline.moment() - job.submitted, job.job.work_limit);
  const auto worked = SteadyClock::now() - job.started;
  const bool at_fault = worked * 2 >= allowed && !batch.has_answers();
  return {Error{at_fault ? ErrorCode::kImageTooCostly : ErrorCode::kDeadlineExceeded,
                "not done within its time"},
          at_fault};
}

// Memory and the output are used by all of a batch at once.
bool SharingMayCause(ErrorCode code) {
  return code == ErrorCode::kImageTooCostly || code == ErrorCode::kResultTooLarge;
}

}  // namespace

PoolCore::PoolCore(asio::any_io_executor executor, PoolOptions options, LineSink stderr_lines)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      supervisor_(std::make_shared<WorkerSupervisor>(
          executor_, options_.workers, ZygoteOptionsFrom(options_),
          static_cast<WorkerEvents&>(*this), std::move(stderr_lines))) {}

Status PoolCore::Start() { return supervisor_->Start(); }

asio::awaitable<JobResult> PoolCore::Run(Job job, Deadline deadline) {
  const auto self = shared_from_this();
  co_await asio::this_coro::throw_if_cancelled(false);
  const JobHandle pending = Submit(std::move(job), deadline);
  while (!pending->outcome) {
    boost::system::error_code woken;
    co_await pending->done.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!pending->outcome) OnUnwanted(pending);
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
    WatchUntil(pending, deadline.moment());
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

void PoolCore::WatchUntil(const JobHandle& job, SteadyClock::time_point moment) {
  job->limit_timer.expires_at(moment);
  job->limit_timer.async_wait([weak_core = weak_from_this(), weak_job = std::weak_ptr(job)](
                                  const boost::system::error_code& error) {
    const auto core = weak_core.lock();
    const auto late = weak_job.lock();
    if (!error && core && late) core->OnLimit(late);
  });
}

void PoolCore::OnLimit(const JobHandle& job) {
  if (job->outcome) return;
  if (!job->worker) {
    queue_.Remove(job);
    return job->Complete(Fail(ErrorCode::kDeadlineExceeded, "waited for a worker"));
  }
  const WorkerId worker = *job->worker;
  if (job->unwanted) return EndIfUnwanted(worker);
  const Batch& batch = *workers_.at(worker).batch;
  job->Complete(tl::unexpected(WhyLate(*job, batch)));
  if (!batch.has_no_waiter()) return;
  ++counts_.deaths_by_deadline;
  EndWithoutWaiter(worker);
}

// Who waited for it was cancelled.
void PoolCore::OnUnwanted(const JobHandle& job) {
  if (std::exchange(job->unwanted, true)) return;
  ++counts_.jobs_unwanted;
  if (job->worker) return EndIfUnwanted(*job->worker);
  queue_.Remove(job);
  job->Complete(Fail(ErrorCode::kDeadlineExceeded, "nobody waits for it any more"));
}

// Ends a worker that nobody waits for, unless it has only just begun: most pictures are done before
// a new worker would be, and whoever asks next may be glad of the result.
void PoolCore::EndIfUnwanted(WorkerId worker) {
  const Batch& batch = *workers_.at(worker).batch;
  if (!batch.has_no_waiter()) return;
  const auto first = std::find_if(batch.jobs.begin(), batch.jobs.end(),
                                  [](const JobHandle& job) { return job && !job->outcome; });
  if (first == batch.jobs.end()) {  // the time of all others is up already
    ++counts_.deaths_by_deadline;
    return EndWithoutWaiter(worker);
  }
  const JobHandle& job = *first;
  const auto patience = job->started + job->job.work_limit / kShareWorthFinishing;
  if (SteadyClock::now() < patience) return WatchUntil(job, patience);
  const bool took_too_long = WhyLate(*job, batch).cost_a_worker;
  ++(took_too_long ? counts_.deaths_by_deadline : counts_.deaths_unwanted);
  EndWithoutWaiter(worker);
}

// Nobody waits any more for what it does.
void PoolCore::EndWithoutWaiter(WorkerId worker) {
  const Batch batch = std::move(*workers_.at(worker).batch);
  workers_.erase(worker);
  supervisor_->Discard(worker);
  for (const JobHandle& job : batch.jobs) {
    if (job) job->Complete(tl::unexpected(WhyLate(*job, batch)));
  }
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
  return !worker.batch && supervisor_->IsQuiet(id);
}

std::optional<WorkerId> PoolCore::FindFreeWorker() const {
  for (const auto& [id, worker] : workers_) {
    if (IsFree(id, worker)) return id;
  }
  return std::nullopt;
}

Status PoolCore::EnsureBuffers(Worker& worker) const {
  if (worker.buffers) return {};
  THIMBLE_TRY(Inbox inbox, Inbox::Create());
  THIMBLE_TRY(OutputBuffer output, OutputBuffer::Create(options_.max_result_bytes));
  worker.buffers.emplace(Buffers{std::move(inbox), std::move(output)});
  return {};
}

Status PoolCore::Send(WorkerId worker, const Batch& batch, const BatchMessage& message) {
  Buffers& buffers = *workers_.at(worker).buffers;
  const SealedBytes& source = batch.source();
  if (source.in_own_memory()) buffers.inbox.Fill(source.own_memory());
  const int source_fd = source.in_own_memory() ? buffers.inbox.fd() : source.fd();
  return supervisor_->SendBatch(worker, message, source_fd, buffers.output.fd());
}

void PoolCore::HandOver(WorkerId worker, std::vector<JobHandle> jobs) {
  const auto fail_all = [](const std::vector<JobHandle>& failed, const Error& error) {
    for (const JobHandle& job : failed) job->Complete(tl::unexpected(error));
  };
  const Status ready = EnsureBuffers(workers_.at(worker));
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
    supervisor_->Discard(worker);
    return queue_.PutBack(batch.jobs);
  }
  const auto now = SteadyClock::now();
  batch.latest_answer = now;
  for (const JobHandle& job : batch.jobs) {
    job->worker = worker;
    job->started = now;
    WatchUntil(job, std::min(job->deadline.moment(), now + job->job.work_limit));
  }
  workers_.at(worker).batch.emplace(std::move(batch));
}

// ---- results in

void PoolCore::OnWorkerReady(WorkerId worker) {
  if (supervisor_->IsOutdated(worker)) return supervisor_->Discard(worker);
  // Where descriptors or memory have run out its first batch tries again.
  static_cast<void>(EnsureBuffers(workers_.try_emplace(worker).first->second));
  Dispatch();
}

void PoolCore::OnWorkersOutdated() {
  std::vector<WorkerId> idle;
  for (const auto& [id, worker] : workers_) {
    if (!worker.batch && supervisor_->IsOutdated(id)) idle.push_back(id);
  }
  for (const WorkerId worker : idle) {
    workers_.erase(worker);
    supervisor_->Discard(worker);
  }
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
                             .output_bytes = state.buffers->output.size()});
  if (!answer) return Reject(worker, answer.error().detail);
  JobHandle& job = batch.jobs[answer->target];
  if (!job) return Reject(worker, "two answers for one target");
  Expected<JobOutput> output = Collect(*job, std::move(answer->result), state.buffers->output);
  const auto now = SteadyClock::now();
  const auto worked = now - std::exchange(batch.latest_answer, now);
  if (!output && output.error().code == ErrorCode::kWorkerDied) {
    return Reject(worker, output.error().detail);
  }
  CountComparison(answer->comparison);
  if (output) {
    output->comparison = answer->comparison;
    output->worked = std::chrono::duration_cast<std::chrono::microseconds>(worked);
  }
  Settle(batch, job, std::move(output));
  job.reset();
  ++state.jobs_done;
  if (!batch.is_done()) {
    return EndIfUnwanted(worker);
  }
  ++counts_.batches_done;
  state.batch.reset();
  state.buffers->output.KeepLittle();
  if (state.jobs_done >= options_.jobs_per_worker || supervisor_->IsOutdated(worker)) {
    workers_.erase(found);
    supervisor_->Discard(worker);
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
  if (!output && batch.is_shared() && !job->has_no_waiter() &&
      SharingMayCause(output.error().code)) {
    job->alone = true;
    Requeue({job});
    return DispatchSoon();
  }
  ++counts_.jobs_done;
  job->Complete(std::move(output));
}

// Their worker is gone.
void PoolCore::Abandon(const Batch& batch, Blame blame, const std::string& why) {
  std::vector<JobHandle> again;
  for (const JobHandle& job : batch.jobs) {
    if (!job || job->outcome) continue;
    if (job->unwanted) {
      job->Complete(Fail(ErrorCode::kWorkerDied, why));
      continue;
    }
    if (blame == Blame::kNone && !job->retried) {
      job->retried = true;
    } else if (batch.is_shared()) {
      job->alone = true;
    } else {
      const Error died{ErrorCode::kWorkerDied, why};
      job->Complete(tl::unexpected(JobFailure(died, blame == Blame::kBatch)));
      continue;
    }
    again.push_back(job);
  }
  Requeue(again);
}

// Those that have no worker any more; their limit counts anew.
void PoolCore::Requeue(const std::vector<JobHandle>& jobs) {
  for (const JobHandle& job : jobs) {
    job->worker.reset();
    WatchUntil(job, job->deadline.moment());
  }
  queue_.PutBack(jobs);
}

void PoolCore::Reject(WorkerId worker, const std::string& why) {
  ++counts_.rejected_replies;
  const auto found = workers_.find(worker);
  if (found != workers_.end()) {
    const std::optional<Batch> batch = std::move(found->second.batch);
    workers_.erase(found);
    if (batch) Abandon(*batch, Blame::kBatch, "refused what the worker sent: " + why);
  }
  supervisor_->Discard(worker);
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
  Abandon(*batch, BlameFor(loss), "the worker ended: " + how);
  Dispatch();
}

// A SIGKILL that was not ours comes from an operator or from a machine without memory.
PoolCore::Blame PoolCore::BlameFor(const WorkerLoss& loss) {
  if (loss.batch_is_innocent()) return Blame::kNone;
  const bool killed = WIFSIGNALED(loss.wait_status) && WTERMSIG(loss.wait_status) == SIGKILL;
  return killed ? Blame::kUnclear : Blame::kBatch;
}

void PoolCore::CountDeath(int wait_status) {
  const bool violation = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGSYS;
  ++(violation ? counts_.deaths_by_violation : counts_.deaths_by_signal);
  if (WIFSIGNALED(wait_status)) ++crashes_;
  if (crashes_ < kCrashesForFreshZygote) return;
  crashes_ = 0;
  supervisor_->RenewZygote();
}

// ---- the rest

PoolStats PoolCore::stats() const {
  PoolStats stats = counts_;
  stats.workers_alive = supervisor_->ready_workers();
  stats.workers_busy =
      static_cast<int>(std::count_if(workers_.begin(), workers_.end(), [](const auto& entry) {
        return entry.second.batch.has_value();
      }));
  stats.jobs_queued = static_cast<int>(queue_.size());
  stats.longest_wait = queue_.longest_wait(SteadyClock::now());
  stats.zygote_restarts = supervisor_->zygote_restarts();
  stats.log_lines_dropped = supervisor_->stderr_lines_dropped();
  return stats;
}

std::string PoolCore::sandbox_summary() const { return DescribeSandbox(supervisor_->sandbox()); }

void PoolCore::Stop() {
  stopped_ = true;
  supervisor_->Stop();
  for (const JobHandle& job : queue_.TakeAll()) job->Complete(Fail(ErrorCode::kDraining));
  for (auto& [id, worker] : std::exchange(workers_, {})) {
    if (!worker.batch) continue;
    for (const JobHandle& job : worker.batch->jobs) {
      if (job) job->Complete(Fail(ErrorCode::kDraining));
    }
  }
}

}  // namespace thimble
