#include "worker/job_queue.h"

#include <iterator>
#include <utility>

namespace thimble {
namespace {

// Shared bytes are the same original; equal bytes under two names are not worth finding.
bool CanShareDecode(const PendingJob& one, const PendingJob& other) {
  return !one.alone && !other.alone && one.job.source == other.job.source &&
         one.job.limits == other.job.limits;
}

}  // namespace

PendingJob::PendingJob(const boost::asio::any_io_executor& executor, Job asked, Deadline end)
    : job(std::move(asked)),
      deadline(end),
      submitted(SteadyClock::now()),
      limit_timer(executor),
      done(executor, SteadyClock::time_point::max()) {}

void PendingJob::Complete(JobResult result) {
  if (outcome) return;
  outcome = std::move(result);
  limit_timer.cancel();
  done.cancel();
}

std::chrono::microseconds JobQueue::longest_wait(SteadyClock::time_point now) const {
  if (jobs_.empty()) return {};
  return std::chrono::duration_cast<std::chrono::microseconds>(now - jobs_.front()->submitted);
}

void JobQueue::PutBack(const std::vector<JobHandle>& batch) {
  jobs_.insert(jobs_.begin(), batch.begin(), batch.end());
}

std::vector<JobHandle> JobQueue::TakeBatch(std::size_t most) {
  std::vector<JobHandle> batch = {std::move(jobs_.front())};
  jobs_.pop_front();
  std::deque<JobHandle> others;
  for (JobHandle& job : jobs_) {
    if (batch.size() < most && CanShareDecode(*batch.front(), *job)) {
      batch.push_back(std::move(job));
    } else {
      others.push_back(std::move(job));
    }
  }
  jobs_ = std::move(others);
  return batch;
}

std::vector<JobHandle> JobQueue::TakeAll() {
  std::vector<JobHandle> all(std::make_move_iterator(jobs_.begin()),
                             std::make_move_iterator(jobs_.end()));
  jobs_.clear();
  return all;
}

}  // namespace thimble
