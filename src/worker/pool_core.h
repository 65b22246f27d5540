// The pool's decisions: which jobs wait, which worker gets which jobs, and what a deadline or a
// worker's death means for them. The processes belong to the supervisor (worker_supervisor.h).
//
// Jobs of one original that wait at the same time go to a worker as one batch. That may save
// time but never costs a job its result: what fails in a batch for a reason that the others may
// have caused (memory, room, a dead worker) is tried once more alone.
//
// Thread-safety: the executor's one thread. Ownership: shared with the coroutines that wait in
// Run.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "worker/batch.h"
#include "worker/inbox.h"
#include "worker/job.h"
#include "worker/job_queue.h"
#include "worker/output_buffer.h"
#include "worker/pool_options.h"
#include "worker/pool_stats.h"
#include "worker/worker_supervisor.h"

namespace thimble {

class PoolCore final : public std::enable_shared_from_this<PoolCore>, private WorkerEvents {
 public:
  PoolCore(boost::asio::any_io_executor executor, PoolOptions options, LineSink stderr_lines);

  Status Start();
  boost::asio::awaitable<JobResult> Run(Job job, Deadline deadline);
  PoolStats stats() const;
  std::string sandbox_summary() const;
  const std::string& libraries() const { return supervisor_->libraries(); }
  void Stop();

 private:
  // What it keeps for all of its batches.
  struct Buffers {
    Inbox inbox;
    OutputBuffer output;
  };
  // Whether a batch can have been the cause of its worker's end.
  enum class Blame : std::uint8_t { kNone, kUnclear, kBatch };
  struct Worker {
    int jobs_done = 0;
    std::optional<Buffers> buffers;  // from its first batch on at the latest
    std::optional<Batch> batch;
  };

  JobHandle Submit(Job job, Deadline deadline);
  bool HasRoom() const;
  void WatchUntil(const JobHandle& job, SteadyClock::time_point moment);
  void OnLimit(const JobHandle& job);
  void OnUnwanted(const JobHandle& job);
  void EndIfUnwanted(WorkerId worker);
  void EndWithoutWaiter(WorkerId worker);
  void DispatchSoon();
  void Dispatch();
  std::optional<WorkerId> FindFreeWorker() const;
  bool IsFree(WorkerId id, const Worker& worker) const;
  Status EnsureBuffers(Worker& worker) const;
  Status Send(WorkerId worker, const Batch& batch, const BatchMessage& message);
  void HandOver(WorkerId worker, std::vector<JobHandle> jobs);
  bool IsTurnToCompare(std::size_t jobs);
  void CountComparison(DecoderComparison comparison);
  void Settle(const Batch& batch, const JobHandle& job, Expected<JobOutput> output);
  void Abandon(const Batch& batch, Blame blame, const std::string& why);
  void Requeue(const std::vector<JobHandle>& jobs);
  void Reject(WorkerId worker, const std::string& why);
  static Blame BlameFor(const WorkerLoss& loss);
  void CountDeath(int wait_status);

  void OnWorkerReady(WorkerId worker) override;
  void OnWorkersOutdated() override;
  void OnWorkerAnswer(WorkerId worker, const AnswerMessage& answer) override;
  void OnWorkerNonsense(WorkerId worker, const std::string& what) override;
  void OnWorkerLost(WorkerId worker, const WorkerLoss& loss) override;

  boost::asio::any_io_executor executor_;
  const PoolOptions options_;
  std::shared_ptr<WorkerSupervisor> supervisor_;
  bool stopped_ = false;
  JobQueue queue_;
  bool dispatch_waits_ = false;
  std::map<WorkerId, Worker> workers_;  // those that have been ready
  std::uint64_t next_batch_id_ = 1;
  double jobs_to_compare_ = 0;
  int crashes_ = 0;   // since the zygote was renewed
  PoolStats counts_;  // the counters of it
};

}  // namespace thimble
