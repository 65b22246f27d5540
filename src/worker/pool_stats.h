// The pool's state at one moment, and what it has counted since its start.
#pragma once

#include <chrono>
#include <cstdint>

namespace thimble {

struct PoolStats {
  int workers_alive = 0;
  int workers_busy = 0;
  int jobs_queued = 0;
  std::chrono::microseconds longest_wait{0};  // of those
  std::uint64_t jobs_done = 0;
  std::uint64_t jobs_unwanted = 0;        // given up since nobody waited for them any more
  std::uint64_t batches_done = 0;         // of one or more jobs that shared an original
  std::uint64_t deaths_by_signal = 0;     // crashed, or ended by itself
  std::uint64_t deaths_by_deadline = 0;   // killed by us
  std::uint64_t deaths_unwanted = 0;      // killed by us: nobody waited for its batch any more
  std::uint64_t deaths_by_violation = 0;  // seccomp (SIGSYS)
  std::uint64_t rejected_replies = 0;     // a reply that made no sense; the worker was killed
  std::uint64_t zygote_restarts = 0;      // it died, or was renewed after several crashes
  std::uint64_t log_lines_dropped = 0;    // of what workers wrote to standard error
  // Results that were made by both JPEG decoders, by what came of it.
  std::uint64_t compared_same = 0;
  std::uint64_t compared_other_bytes = 0;
  std::uint64_t compared_other_verdict = 0;
};

}  // namespace thimble
