// What the operator decides about the workers.
#pragma once

#include <cstddef>
#include <string>

namespace thimble {

struct PoolOptions {
  int workers = 1;
  std::string worker_program;  // path of thimble-worker
  int max_queued_jobs = 1024;  // beyond this: kOverloaded
  int jobs_per_worker = 100;   // a worker is replaced after so many; bounds what leaks can grow to
  std::size_t worker_memory_bytes = 512u << 20;  // RLIMIT_DATA above the zygote's baseline
  std::size_t max_result_bytes = 64u
                                 << 20;  // size of the output memfd, and the worker's RLIMIT_FSIZE
  bool allow_missing_sandbox = false;    // --insecure-no-sandbox
  double shadow_compare = 0;             // the share of jobs that are decoded by both JPEG decoders
};

}  // namespace thimble
