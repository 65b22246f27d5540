// A pool of workers that logs where the two JPEG decoders came to different results. How often they
// were compared the pool counts itself.
//
// Thread-safety, errors: as WorkerPool. Ownership: owns the pool, borrows the log.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "observe/log.h"
#include "worker/pool.h"

namespace thimble {

class MeasuredPool final : public WorkerPool {
 public:
  MeasuredPool(std::unique_ptr<WorkerPool> pool, Log& log) : pool_(std::move(pool)), log_(log) {}

  boost::asio::awaitable<JobResult> Run(Job job, Deadline deadline) override;
  PoolStats stats() const override { return pool_->stats(); }
  std::string sandbox_summary() const override { return pool_->sandbox_summary(); }
  const std::string& libraries() const override { return pool_->libraries(); }
  void Stop() override { pool_->Stop(); }

 private:
  std::unique_ptr<WorkerPool> pool_;
  Log& log_;
};

}  // namespace thimble
