// What a worker has to do at one time: jobs that share one original.
//
// Thread-safety: the executor's one thread. Ownership: shares the jobs.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "worker/job_queue.h"
#include "worker/output_buffer.h"
#include "worker/protocol.h"

namespace thimble {

struct Batch {
  std::uint64_t id = 0;
  std::vector<JobHandle> jobs;  // target by target; null once answered; at least one
  bool compare_decoders = false;
  SteadyClock::time_point latest_answer = {};  // before any: when the worker got it

  bool is_shared() const { return jobs.size() > 1; }
  bool has_answers() const;
  bool is_done() const;
  // Nobody waits for any of its results any more.
  bool has_no_waiter() const;

  // Before any answer.
  const SealedBytes& source() const { return *jobs.front()->job.source; }
  Expected<BatchMessage> Describe(std::size_t output_bytes) const;
};

// A copy of what a worker made for `job`, or the error that the worker reports. kWorkerDied is not
// the worker's error: it means that the bytes are not what the worker says they are.
Expected<JobOutput> Collect(const PendingJob& job, Expected<ResultFacts> result,
                            const OutputBuffer& output);

}  // namespace thimble
