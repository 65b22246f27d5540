// The server's side of the sandboxed workers: hands out jobs, enforces deadlines, replaces the
// dead.
//
// `thimble-worker` is started once as a zygote (a single-threaded process that warms the codecs and
// forks); the pool asks it for one worker a slot. A worker does one batch of jobs at a time: those
// that wait together for the same original (the same `source` and limits), so that they share its
// decoding. It gets the original in its inbox or as a sealed memfd, and an output memfd of fixed
// size, and answers with one fixed-size message a job. Replies are hostile: lengths are bounded,
// bytes are copied out before they are looked at, and the result must begin with its format's magic
// number.
//
//   auto pool = WorkerPool::Start(executor, {.workers = 2, .worker_program = path});
//   Job job{.spec = spec, .source = original};
//   Expected<JobOutput> output = co_await (*pool)->Run(job, deadline);
//
// Thread-safety: all calls on the executor's one thread. Ownership: the pool owns the processes and
// ends them by id. Errors: kOverloaded (queue full), kDeadlineExceeded (time ran out waiting),
// kImageTooCostly (time or memory ran out while working), kWorkerDied, kDraining, and every code
// the engine gives.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "base/memfd.h"
#include "image/image_format.h"
#include "image/limits.h"
#include "image/size.h"
#include "transform/transform_spec.h"

namespace thimble {

struct PoolOptions {
  int workers = 1;
  std::string worker_program;  // path of thimble-worker
  int max_queued_jobs = 1024;  // beyond this: kOverloaded
  int jobs_per_worker = 1000;  // a worker is replaced after so many; bounds what leaks can grow to
  std::size_t worker_memory_bytes = 512u << 20;  // RLIMIT_DATA above the zygote's baseline
  std::size_t max_result_bytes = 64u
                                 << 20;  // size of the output memfd, and the worker's RLIMIT_FSIZE
  bool allow_missing_sandbox = false;    // --insecure-no-sandbox
};

struct Job {
  TransformSpec spec;
  PictureLimits limits;
  std::shared_ptr<const SealedBytes> source;
};

struct JobOutput {
  std::vector<std::uint8_t> bytes;
  ImageFormat format = ImageFormat::kJpeg;
  Size size;
  std::chrono::microseconds queued{0};
  std::chrono::microseconds processed{0};  // from hand-over to reply
};

struct PoolStats {
  int workers_alive = 0;
  int workers_busy = 0;
  int jobs_queued = 0;
  std::uint64_t jobs_done = 0;
  std::uint64_t batches_done = 0;         // of one or more jobs that shared an original
  std::uint64_t deaths_by_signal = 0;     // crashed, or ended by itself
  std::uint64_t deaths_by_deadline = 0;   // killed by us
  std::uint64_t deaths_by_violation = 0;  // seccomp (SIGSYS)
  std::uint64_t rejected_replies = 0;     // a reply that made no sense; the worker was killed
  std::uint64_t zygote_restarts = 0;      //
};

class WorkerPool {
 public:
  // Starts the zygote and all workers; fails with kBadSetting when the sandbox's self-test fails
  // and `allow_missing_sandbox` is not set, with kSystem when the program cannot be started.
  static Expected<std::unique_ptr<WorkerPool>> Start(boost::asio::any_io_executor executor,
                                                     PoolOptions options);
  virtual ~WorkerPool() = default;

  virtual boost::asio::awaitable<Expected<JobOutput>> Run(Job job, Deadline deadline) = 0;
  virtual PoolStats stats() const = 0;
  // What the workers' sandbox consists of, for the log: e.g. "seccomp, landlock 7, rlimits,
  // no_new_privs".
  virtual std::string sandbox_summary() const = 0;
  // Ends all processes at once. Jobs under way fail with kDraining.
  virtual void Stop() = 0;
};

}  // namespace thimble
