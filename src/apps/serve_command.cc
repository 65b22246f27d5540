#include "apps/serve_command.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "apps/exit_status.h"
#include "apps/origin_factory.h"
#include "apps/worker_program.h"
#include "server/logging.h"
#include "server/measured_origin.h"
#include "server/metrics.h"
#include "server/reporter.h"
#include "server/server.h"
#include "worker/pool.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

// Forking a warm worker takes milliseconds; a loaded machine may take its time.
constexpr std::chrono::seconds kWorkersStartLimit{30};

// How long coroutines that are nobody's any more may take to end.
constexpr std::chrono::seconds kLastWords{1};

std::string UrlOf(const BoundAddress& bound) {
  const bool is_v6 = bound.address.find(':') != std::string::npos;
  const std::string host = is_v6 ? '[' + bound.address + ']' : bound.address;
  return "http://" + host + ':' + std::to_string(bound.port);
}

std::string ReadyMessage(const BoundAddress& bound, const Settings& settings,
                         const WorkerPool& pool) {
  return "ready on " + UrlOf(bound) + " (" + std::to_string(settings.workers.workers) +
         " workers; " + pool.sandbox_summary() + ")";
}

// All that a running server consists of, made in order and ended in reverse.
class Service {
 public:
  Service(const Settings& settings, Log& log)
      : settings_(settings), log_(log), reporter_(log_, metrics_) {}

  // Errors: kBadSetting, kSystem.
  Status Start() {
    THIMBLE_TRY(std::unique_ptr<Origin> origin, MakeOrigin(io_.get_executor(), settings_.origin));
    origin_ = std::make_unique<MeasuredOrigin>(std::move(origin), metrics_);
    PoolOptions workers = settings_.workers;
    THIMBLE_TRY(workers.worker_program, FindWorkerProgram(workers.worker_program));
    auto log_line = [this](std::string_view line) { log_.Warning("worker: " + std::string(line)); };
    THIMBLE_TRY(pool_,
                WorkerPool::Start(io_.get_executor(), std::move(workers), std::move(log_line)));
    THIMBLE_TRY(server_,
                Server::Create(io_.get_executor(), settings_, *origin_, *pool_, reporter_));
    if (Status awaited = AwaitWorkers(); !awaited) return awaited;
    THIMBLE_TRY(const BoundAddress bound, server_->Start());
    log_.Announce(ReadyMessage(bound, settings_, *pool_));
    return {};
  }

  int Run() {
    asio::co_spawn(io_, DrainOnSignal(), asio::detached);
    io_.run();
    // Fetches that nobody waits for any more still refer to the origin: let them end first.
    server_->Stop();
    pool_->Stop();
    io_.restart();
    io_.run_for(kLastWords);
    if (!io_.stopped()) {
      log_.Flush(kLastWords);
      std::_Exit(status_);
    }
    return status_;
  }

 private:
  // The ready line is a promise: whoever reads it finds workers.
  Status AwaitWorkers() {
    const Deadline limit = Deadline::After(kWorkersStartLimit);
    while (pool_->stats().workers_alive < settings_.workers.workers) {
      if (limit.passed()) return Fail(ErrorCode::kSystem, "the workers do not get ready");
      io_.run_one_for(limit.remaining());
      io_.restart();
    }
    return {};
  }

  asio::awaitable<void> DrainOnSignal() {
    asio::signal_set signals(io_, SIGTERM, SIGINT);
    co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
    log_.Info("draining");
    signals.async_wait([](const boost::system::error_code& cancelled, int) {
      if (!cancelled) std::_Exit(kExitFailed);  // the kernel ends the workers with us
    });
    const DrainOutcome outcome = co_await server_->Drain();
    if (outcome == DrainOutcome::kTimedOut) {
      log_.Warning("requests under way were cut off at http.drain_timeout");
      status_ = kExitFailed;
    } else {
      log_.Info("drained");
    }
    io_.stop();
  }

  const Settings& settings_;
  asio::io_context io_{1};
  Log& log_;
  Metrics metrics_;
  Reporter reporter_;
  std::unique_ptr<Origin> origin_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<Server> server_;
  int status_ = kExitFine;
};

}  // namespace

int Serve(const Settings& settings) {
  const Expected<std::unique_ptr<Log>> log = Log::Start(settings.log);
  if (!log) return ComplainAbout(log.error());
  Service service(settings, **log);
  if (Status started = service.Start(); !started) {
    (*log)->Flush(kLastWords);  // what workers said of it
    return ComplainAbout(started.error());
  }
  return service.Run();
}

}  // namespace thimble
