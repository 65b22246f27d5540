#include "worker/pool.h"

#include <utility>

#include "worker/pool_core.h"

namespace thimble {
namespace {

// Coroutines waiting in Run keep the core; the processes end with this.
class PoolHandle final : public WorkerPool {
 public:
  explicit PoolHandle(std::shared_ptr<PoolCore> core) : core_(std::move(core)) {}
  PoolHandle(const PoolHandle&) = delete;
  PoolHandle& operator=(const PoolHandle&) = delete;
  ~PoolHandle() override { core_->Stop(); }

  boost::asio::awaitable<JobResult> Run(Job job, Deadline deadline) override {
    return core_->Run(std::move(job), deadline);
  }
  PoolStats stats() const override { return core_->stats(); }
  std::string sandbox_summary() const override { return core_->sandbox_summary(); }
  const std::string& libraries() const override { return core_->libraries(); }
  void Stop() override { core_->Stop(); }

 private:
  std::shared_ptr<PoolCore> core_;
};

}  // namespace

Expected<std::unique_ptr<WorkerPool>> WorkerPool::Start(
    boost::asio::any_io_executor executor, PoolOptions options,
    std::function<void(std::string_view line)> stderr_lines) {
  auto core =
      std::make_shared<PoolCore>(std::move(executor), std::move(options), std::move(stderr_lines));
  if (Status s = core->Start(); !s) return Forward(s);
  return std::make_unique<PoolHandle>(std::move(core));
}

}  // namespace thimble
