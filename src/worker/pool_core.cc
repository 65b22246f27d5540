#include "worker/pool_core.h"

#include <sys/wait.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <utility>

#include "worker/magic.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

ZygoteOptions ZygoteOptionsFrom(const PoolOptions& options) {
  return {.program = options.worker_program,
          .worker_memory_bytes = options.worker_memory_bytes,
          .max_result_bytes = options.max_result_bytes,
          .allow_missing_sandbox = options.allow_missing_sandbox};
}

std::chrono::microseconds Between(SteadyClock::time_point from, SteadyClock::time_point to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to - from);
}

}  // namespace

PoolCore::PendingJob::PendingJob(const asio::any_io_executor& executor, Job asked, Deadline end)
    : job(std::move(asked)),
      deadline(end),
      submitted(SteadyClock::now()),
      deadline_timer(executor),
      done(executor, SteadyClock::time_point::max()) {}

PoolCore::PoolCore(asio::any_io_executor executor, PoolOptions options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      crew_(std::make_shared<Crew>(executor_, options_.workers, ZygoteOptionsFrom(options_),
                                   static_cast<CrewEvents&>(*this))) {}

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

PoolCore::JobHandle PoolCore::Submit(Job job, Deadline deadline) {
  auto pending = std::make_shared<PendingJob>(executor_, std::move(job), deadline);
  const bool full = static_cast<int>(queue_.size()) >= options_.max_queued_jobs;
  if (stopped_) {
    Complete(*pending, Fail(ErrorCode::kDraining));
  } else if (pending->job.source == nullptr) {
    Complete(*pending, Fail(ErrorCode::kInternal, "job without a source"));
  } else if (deadline.passed()) {
    Complete(*pending, Fail(ErrorCode::kDeadlineExceeded));
  } else if (full && !FindFreeWorker()) {
    Complete(*pending, Fail(ErrorCode::kOverloaded, "the workers' queue is full"));
  } else {
    WatchDeadline(pending);
    queue_.push_back(pending);
    Dispatch();
  }
  return pending;
}

void PoolCore::Complete(PendingJob& job, Expected<JobOutput> outcome) {
  if (job.outcome) return;
  job.outcome = std::move(outcome);
  job.deadline_timer.cancel();
  job.done.cancel();
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
    std::erase(queue_, job);
    return Complete(*job, Fail(ErrorCode::kDeadlineExceeded, "waited for a worker"));
  }
  const WorkerId worker = *job->worker;
  ++counts_.deaths_by_deadline;
  workers_.erase(worker);
  crew_->Discard(worker);
  // A picture that was given only the rest of a crowded queue's time is not to blame.
  const auto span = job->deadline.moment() - job->submitted;
  const auto worked = job->deadline.moment() - job->started;
  const bool at_fault = worked * 2 >= span;
  Complete(*job, Fail(at_fault ? ErrorCode::kImageTooCostly : ErrorCode::kDeadlineExceeded,
                      "killed at its deadline"));
}

// ---- jobs out

void PoolCore::Dispatch() {
  while (!queue_.empty()) {
    const std::optional<WorkerId> worker = FindFreeWorker();
    if (!worker) return;
    const JobHandle job = std::move(queue_.front());
    queue_.pop_front();
    HandOver(*worker, job);
  }
}

std::optional<WorkerId> PoolCore::FindFreeWorker() const {
  for (const auto& [id, worker] : workers_) {
    if (!worker.assignment && crew_->IsQuiet(id)) return id;
  }
  return std::nullopt;
}

void PoolCore::HandOver(WorkerId worker, const JobHandle& job) {
  Expected<OutputBuffer> output = OutputBuffer::Create(options_.max_result_bytes);
  // Out of descriptors or memory: the server is at its limits.
  if (!output) return Complete(*job, Fail(ErrorCode::kOverloaded, output.error().detail));
  const JobOrder order{
      .job_id = next_job_id_++,
      .spec = job->job.spec,
      .limits = job->job.limits,
      .source_bytes = job->job.source->size(),
      .output_bytes = output->size(),
      .cpu = std::chrono::ceil<std::chrono::seconds>(job->deadline.remaining()) +
             std::chrono::seconds(1),
  };
  Expected<JobMessage> message = EncodeJob(order);
  if (!message) return Complete(*job, Forward(message));
  const Status sent = crew_->SendJob(worker, *message, job->job.source->fd(), output->fd());
  if (!sent) {
    // The worker broke just now.
    workers_.erase(worker);
    crew_->Discard(worker);
    queue_.push_front(job);
    return;
  }
  job->worker = worker;
  job->started = SteadyClock::now();
  workers_.at(worker).assignment.emplace(
      Assignment{.job = job, .job_id = order.job_id, .output = std::move(*output)});
}

// ---- results in

void PoolCore::OnWorkerReady(WorkerId worker) {
  workers_.try_emplace(worker);
  Dispatch();
}

void PoolCore::OnWorkerAnswer(WorkerId worker, const AnswerMessage& answer) {
  const auto found = workers_.find(worker);
  if (found == workers_.end() || !found->second.assignment) {
    return Reject(worker, "answer without a job");
  }
  Worker& state = found->second;
  const Assignment& assignment = *state.assignment;
  Expected<Expected<ResultFacts>> facts =
      DecodeAnswer(answer, assignment.job_id, assignment.output.size());
  if (!facts) return Reject(worker, facts.error().detail);
  if (*facts) {
    Expected<JobOutput> output = Collect(assignment, **facts);
    if (!output && output.error().code == ErrorCode::kWorkerDied) {
      return Reject(worker, output.error().detail);
    }
    Complete(*assignment.job, std::move(output));
  } else {
    Complete(*assignment.job, Forward(*facts));
  }
  ++counts_.jobs_done;
  state.assignment.reset();
  if (++state.jobs_done >= options_.jobs_per_worker) {
    workers_.erase(found);
    crew_->Discard(worker);
  }
  Dispatch();
}

// kWorkerDied: the bytes are not what the worker says they are.
Expected<JobOutput> PoolCore::Collect(const Assignment& assignment,
                                      const ResultFacts& facts) const {
  const PendingJob& job = *assignment.job;
  JobOutput output{.bytes = {},
                   .format = facts.format,
                   .size = facts.size,
                   .queued = Between(job.submitted, job.started),
                   .processed = Between(job.started, SteadyClock::now())};
  THIMBLE_TRY(output.bytes, assignment.output.CopyOut(facts.bytes));
  if (!BeginsLike(facts.format, output.bytes)) {
    return Fail(ErrorCode::kWorkerDied, "bytes that are not of the format they should be");
  }
  return output;
}

void PoolCore::Reject(WorkerId worker, const std::string& why) {
  ++counts_.rejected_replies;
  const auto found = workers_.find(worker);
  if (found != workers_.end()) {
    if (found->second.assignment) {
      Complete(*found->second.assignment->job,
               Fail(ErrorCode::kWorkerDied, "refused what the worker sent: " + why));
    }
    workers_.erase(found);
  }
  crew_->Discard(worker);
}

void PoolCore::OnWorkerNonsense(WorkerId worker, const std::string& what) { Reject(worker, what); }

void PoolCore::OnWorkerLost(WorkerId worker, const WorkerLoss& loss) {
  if (!loss.with_zygote) CountDeath(loss.wait_status);
  const auto found = workers_.find(worker);
  if (found == workers_.end()) return;
  const std::optional<Assignment> assignment = std::move(found->second.assignment);
  workers_.erase(found);
  if (!assignment) return;
  PendingJob& job = *assignment->job;
  if (loss.job_is_innocent() && !job.retried) {
    job.retried = true;
    job.worker.reset();
    queue_.push_front(assignment->job);
    return Dispatch();
  }
  const std::string how =
      loss.with_zygote ? "with the zygote" : DescribeWaitStatus(loss.wait_status);
  Complete(job, Fail(ErrorCode::kWorkerDied, "the worker ended: " + how));
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
        return entry.second.assignment.has_value();
      }));
  stats.jobs_queued = static_cast<int>(queue_.size());
  stats.zygote_restarts = crew_->zygote_restarts();
  return stats;
}

std::string PoolCore::sandbox_summary() const { return DescribeSandbox(crew_->sandbox()); }

void PoolCore::Stop() {
  stopped_ = true;
  crew_->Stop();
  for (const JobHandle& job : std::exchange(queue_, {})) {
    Complete(*job, Fail(ErrorCode::kDraining));
  }
  for (auto& [id, worker] : std::exchange(workers_, {})) {
    if (worker.assignment) Complete(*worker.assignment->job, Fail(ErrorCode::kDraining));
  }
}

}  // namespace thimble
