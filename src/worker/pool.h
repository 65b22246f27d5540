// The server's side of the sandboxed workers: hands out jobs, enforces deadlines, and replaces
// workers that have died.
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
//   JobResult output = co_await (*pool)->Run(job, deadline);
//
// Thread-safety: all calls on the executor's one thread. Ownership: the pool owns the processes and
// ends them by id. Errors: kOverloaded (queue full), kDeadlineExceeded (time ran out waiting),
// kImageTooCostly (time or memory ran out while working), kWorkerDied, kDraining, and every code
// the engine gives.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/error.h"
#include "worker/job.h"
#include "worker/pool_options.h"
#include "worker/pool_stats.h"

namespace thimble {

class WorkerPool {
 public:
  // Starts the zygote and all workers; fails with kBadSetting when the sandbox's self-test fails
  // and `allow_missing_sandbox` is not set, with kSystem when the program cannot be started.
  // `stderr_lines` gets what the workers write to standard error, line by line, as they wrote it
  // and limited in its rate; without it they use this process's own.
  static Expected<std::unique_ptr<WorkerPool>> Start(
      boost::asio::any_io_executor executor, PoolOptions options,
      std::function<void(std::string_view line)> stderr_lines = {});
  virtual ~WorkerPool() = default;

  // Waits for a worker until `deadline`, and for the worker until then or the job's own limit,
  // whichever is sooner. Cancelling the caller takes the job out of the queue; a worker that has
  // had it for long, and does nothing else that anybody waits for, is ended; one that has only just
  // begun may still give the result, and the caller then gets it.
  virtual boost::asio::awaitable<JobResult> Run(Job job, Deadline deadline) = 0;
  virtual PoolStats stats() const = 0;
  // What the workers' sandbox consists of, for the log: e.g. "seccomp, landlock 7, rlimits,
  // no_new_privs".
  virtual std::string sandbox_summary() const = 0;
  // The codec libraries in use, with their versions: the same bytes come from the same libraries
  // only. May change when the workers are renewed after a package was upgraded.
  virtual const std::string& libraries() const = 0;
  // Ends all processes at once. Jobs under way fail with kDraining.
  virtual void Stop() = 0;
};

}  // namespace thimble
