// The pool's decisions: who waits, which worker gets which job, what a deadline or a death means
// for a job. The processes themselves are the crew's.
//
// Thread-safety: the executor's one thread. Ownership: shared with the coroutines that wait in
// Run.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/deadline.h"
#include "base/error.h"
#include "worker/crew.h"
#include "worker/output_buffer.h"
#include "worker/pool.h"

namespace thimble {

class PoolCore final : public std::enable_shared_from_this<PoolCore>, private CrewEvents {
 public:
  PoolCore(boost::asio::any_io_executor executor, PoolOptions options);

  Status Start();
  boost::asio::awaitable<Expected<JobOutput>> Run(Job job, Deadline deadline);
  PoolStats stats() const;
  std::string sandbox_summary() const;
  void Stop();

 private:
  // From Run to its outcome.
  struct PendingJob {
    PendingJob(const boost::asio::any_io_executor& executor, Job asked, Deadline end);

    Job job;
    Deadline deadline;
    SteadyClock::time_point submitted;
    SteadyClock::time_point started;  // when a worker got it
    std::optional<WorkerId> worker;   // that has it
    bool retried = false;
    std::optional<Expected<JobOutput>> outcome;
    boost::asio::steady_timer deadline_timer;
    boost::asio::steady_timer done;  // never expires; cancelled when there is an outcome
  };
  using JobHandle = std::shared_ptr<PendingJob>;

  struct Assignment {
    JobHandle job;
    std::uint64_t job_id = 0;
    OutputBuffer output;
  };
  struct Worker {
    int jobs_done = 0;
    std::optional<Assignment> assignment;
  };

  JobHandle Submit(Job job, Deadline deadline);
  void WatchDeadline(const JobHandle& job);
  void OnDeadline(const JobHandle& job);
  void Dispatch();
  std::optional<WorkerId> FindFreeWorker() const;
  void HandOver(WorkerId worker, const JobHandle& job);
  Expected<JobOutput> Collect(const Assignment& assignment, const ResultFacts& facts) const;
  void Reject(WorkerId worker, const std::string& why);
  void CountDeath(int wait_status);
  static void Complete(PendingJob& job, Expected<JobOutput> outcome);

  void OnWorkerReady(WorkerId worker) override;
  void OnWorkerAnswer(WorkerId worker, const AnswerMessage& answer) override;
  void OnWorkerNonsense(WorkerId worker, const std::string& what) override;
  void OnWorkerLost(WorkerId worker, const WorkerLoss& loss) override;

  boost::asio::any_io_executor executor_;
  const PoolOptions options_;
  std::shared_ptr<Crew> crew_;
  bool stopped_ = false;
  std::deque<JobHandle> queue_;
  std::map<WorkerId, Worker> workers_;  // those that have been ready
  std::uint64_t next_job_id_ = 1;
  PoolStats counts_;  // the counters of it
};

}  // namespace thimble
