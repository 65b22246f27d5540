// A server for lifetime_test.cc to kill: prints the process ids of its zygote and workers, one of
// which is busy, and waits.

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>

#include "process_table.h"
#include "worker/pool.h"

namespace {

constexpr int kWorkers = 3;

boost::asio::awaitable<void> RunForever(thimble::WorkerPool& pool, thimble::Job job) {
  const thimble::Deadline deadline = thimble::Deadline::After(std::chrono::hours(1));
  const auto output = co_await pool.Run(std::move(job), deadline);
  THIMBLE_CHECK(!output);
}

}  // namespace

int main() {
  using thimble::Job;
  using thimble::PoolOptions;
  using thimble::SealedBytes;
  boost::asio::io_context context;
  PoolOptions options;
  options.workers = kWorkers;
  options.worker_program = THIMBLE_TEST_PROGRAMS "/evil_worker";
  auto pool = thimble::WorkerPool::Start(context.get_executor(), options);
  THIMBLE_CHECK(pool.has_value());
  auto source = thimble::SealedBytesFrom(thimble::BytesOf("loop"));
  THIMBLE_CHECK(source.has_value());
  Job job;
  job.spec.width = 1;
  job.source = std::make_shared<const SealedBytes>(std::move(*source));
  boost::asio::co_spawn(context, RunForever(**pool, std::move(job)), boost::asio::detached);
  while ((*pool)->stats().workers_alive < kWorkers || (*pool)->stats().workers_busy < 1) {
    context.run_one();
  }
  const pid_t zygote = thimble::ChildrenOf(::getpid()).at(0).pid;
  std::printf("%d", zygote);
  for (const thimble::ProcessEntry& worker : thimble::ChildrenOf(zygote))
    std::printf(" %d", worker.pid);
  std::printf("\n");
  std::fflush(stdout);
  context.run();
}
