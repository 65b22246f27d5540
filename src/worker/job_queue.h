// Jobs that wait for a worker, and which of them go together: a worker that decodes an original for
// the first of them makes the others of the same original by the way.
//
// Thread-safety: the executor's one thread. Ownership: shares the jobs with who waits for them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "worker/job.h"
#include "worker/worker_supervisor.h"

namespace thimble {

// From Run to its outcome.
struct PendingJob {
  PendingJob(const boost::asio::any_io_executor& executor, Job asked, Deadline end);

  // Nobody waits for its result any more.
  bool has_no_waiter() const { return unwanted || outcome.has_value(); }
  // Sets the outcome, if there is none yet, and wakes who waits for it.
  void Complete(JobResult result);

  Job job;
  Deadline deadline;
  SteadyClock::time_point submitted;
  SteadyClock::time_point started;  // when a worker got it
  std::optional<WorkerId> worker;   // that has it
  bool retried = false;
  bool alone = false;     // a batch has harmed it once
  bool unwanted = false;  // who waited for it was cancelled
  std::optional<JobResult> outcome;
  boost::asio::steady_timer limit_timer;  // when something must be done about it at the latest
  boost::asio::steady_timer done;         // never expires; cancelled when there is an outcome
};
using JobHandle = std::shared_ptr<PendingJob>;

class JobQueue {
 public:
  bool empty() const { return jobs_.empty(); }
  std::size_t size() const { return jobs_.size(); }
  // Of the first: the others came later, or were put back because their worker was lost.
  std::chrono::microseconds longest_wait(SteadyClock::time_point now) const;

  void Add(JobHandle job) { jobs_.push_back(std::move(job)); }
  // Those that were taken go before all others, in their order.
  void PutBack(const std::vector<JobHandle>& batch);
  void Remove(const JobHandle& job) { std::erase(jobs_, job); }

  // The longest waiting job and those that can share its decode, at most `most` in all. The queue
  // must not be empty.
  std::vector<JobHandle> TakeBatch(std::size_t most);
  std::vector<JobHandle> TakeAll();

 private:
  std::deque<JobHandle> jobs_;
};

}  // namespace thimble
