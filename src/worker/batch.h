// What a worker has to do at one time: jobs that share one original, and where their results go.
//
// Thread-safety: the executor's one thread. Ownership: shares the jobs, owns the output.
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
  OutputBuffer output;

  bool is_company() const { return jobs.size() > 1; }
  bool has_answers() const;
  bool is_done() const;
  // Nobody waits for any of its results any more.
  bool is_forsaken() const;

  // Before any answer.
  Expected<BatchMessage> Describe() const;
  // A copy of what the worker made for `job`, or its verdict. kWorkerDied, which is no verdict: the
  // bytes are not what the worker says they are.
  Expected<JobOutput> Collect(const PendingJob& job, Expected<ResultFacts> result) const;
};

}  // namespace thimble
