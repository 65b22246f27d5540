#include "apps/serving.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/worker_program.h"
#include "async/spawn.h"
#include "observe/measured_pool.h"
#include "settings/machine.h"
#include "settings/reload.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

// Forking a warm worker takes milliseconds; a loaded machine may take its time.
constexpr std::chrono::seconds kWorkersStartLimit{30};

// How long coroutines that are nobody's any more may take to end, and the log's last lines.
constexpr std::chrono::seconds kLastWords{1};

std::string UrlOf(const BoundAddress& bound) {
  const bool is_v6 = bound.address.find(':') != std::string::npos;
  const std::string host = is_v6 ? '[' + bound.address + ']' : bound.address;
  return "http://" + host + ':' + std::to_string(bound.port);
}

std::string ReadyMessage(const std::string& url, const Settings& settings, const WorkerPool& pool) {
  return "ready on " + url + " (" + std::to_string(settings.workers.workers) + " workers; " +
         pool.sandbox_summary() + ")";
}

std::string Listed(const std::vector<std::string>& items) {
  std::string list;
  for (const std::string& item : items) list += (list.empty() ? "" : ", ") + item;
  return list;
}

Status FirstOf(const Problems& problems) {
  if (problems.empty()) return {};
  return Fail(ErrorCode::kBadSetting, Listed(problems));
}

}  // namespace

Serving::Serving(Settings settings, SettingsSources sources, Log& log)
    : settings_(std::move(settings)),
      sources_(std::move(sources)),
      log_(log),
      signals_(io_),
      reporter_(log_, metrics_),
      credentials_reporter_(log_, metrics_) {}

Status Serving::Start() {
  THIMBLE_TRY(const Settings fitted, FittedToMachine(settings_));
  THIMBLE_TRY(ConfiguredOrigin configured,
              MakeOrigin(io_.get_executor(), fitted.origin, observers()));
  Status keys = RunUntilDone(io_, AwaitFirstKeys(configured, fitted.origin));
  if (!keys && keys.error().code == ErrorCode::kBadSetting) return keys;
  origin_ = std::make_unique<MeasuredOrigin>(std::move(configured.origin), metrics_);
  PoolOptions workers = fitted.workers;
  THIMBLE_TRY(workers.worker_program, FindWorkerProgram(workers.worker_program));
  auto log_line = [this](std::string_view line) { log_.Warning("worker: " + std::string(line)); };
  THIMBLE_TRY(std::unique_ptr<WorkerPool> pool,
              WorkerPool::Start(io_.get_executor(), std::move(workers), std::move(log_line)));
  pool_ = std::make_unique<MeasuredPool>(std::move(pool), log_);
  THIMBLE_TRY(server_, Server::Create(io_.get_executor(), fitted, *origin_, *pool_, reporter_));
  if (Status awaited = AwaitWorkers(); !awaited) return awaited;
  THIMBLE_TRY(const BoundAddress bound, server_->Start());
  url_ = UrlOf(bound);
  for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP}) signals_.add(number);
  log_.Announce(ReadyMessage(url_, fitted, *pool_));
  manager_.Ready("serving on " + url_);
  return {};
}

Expected<Settings> Serving::FittedToMachine(Settings settings) {
  THIMBLE_TRY(const std::vector<std::string> notes, FitToMachine(ReadMachine(), settings));
  for (const std::string& note : notes) log_.Warning(note);
  return settings;
}

// The ready line is a promise: whoever reads it finds workers.
Status Serving::AwaitWorkers() {
  const Deadline limit = Deadline::After(kWorkersStartLimit);
  while (pool_->stats().workers_alive < settings_.workers.workers) {
    if (limit.passed()) return Fail(ErrorCode::kSystem, "the workers do not get ready");
    io_.run_one_for(limit.remaining());
    io_.restart();
  }
  return {};
}

int Serving::Run() {
  Spawn(io_.get_executor(), HandleSignals());
  io_.run();
  signals_.cancel();  // waiting for one would be work that never ends
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

asio::awaitable<void> Serving::HandleSignals() {
  for (;;) {
    const auto [error, number] = co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    if (number != SIGHUP) break;
    co_await Reload();
  }
  EndAtNextSignal();
  co_await Drain();
}

asio::awaitable<void> Serving::Drain() {
  log_.Info("draining");
  manager_.Stopping();
  const DrainOutcome outcome = co_await server_->Drain();
  if (outcome == DrainOutcome::kTimedOut) {
    log_.Warning("requests under way were cut off at http.drain_timeout");
    status_ = kExitFailed;
  } else {
    log_.Info("drained");
  }
  io_.stop();
}

void Serving::EndAtNextSignal() {
  signals_.async_wait([this](const boost::system::error_code& cancelled, int number) {
    if (cancelled) return;
    if (number != SIGHUP) std::_Exit(kExitFailed);  // the kernel ends the workers with us
    EndAtNextSignal();
  });
}

asio::awaitable<void> Serving::Reload() {
  manager_.Reloading();
  Status done;
  try {
    done = co_await TryReload();
  } catch (const std::exception& thrown) {  // by a library, where threads or descriptors ran out
    done = Fail(ErrorCode::kSystem, thrown.what());
  }
  if (!done) {
    log_.Error("the settings were read again but not taken over; those before stay: " +
               done.error().detail);
  }
  metrics_.CountReload(done.has_value());
  manager_.Ready("serving on " + url_);
}

// Everything that can fail comes before the first change.
asio::awaitable<Status> Serving::TryReload() {
  const tl::expected<Settings, Problems> fresh = LoadSettings(sources_);
  if (Status loaded = FirstOf(fresh ? ProblemsForServing(*fresh) : fresh.error()); !loaded) {
    co_return loaded;
  }
  ReloadPlan reload = PlanReload(settings_, *fresh);
  Expected<Settings> fitted = FittedToMachine(reload.settings);
  if (!fitted) co_return Forward(fitted);
  // Always a new one: it reads credentials and certificates again. Keys that cannot be had now are
  // a reason to keep those in use.
  Expected<ConfiguredOrigin> configured =
      MakeOrigin(io_.get_executor(), fitted->origin, observers());
  if (!configured) co_return Forward(configured);
  if (Status keys = co_await AwaitFirstKeys(*configured, fitted->origin); !keys) co_return keys;
  const auto kept = reload.changes_pictures() ? KeptPictures::kForget : KeptPictures::kStay;
  if (Status applied = server_->Apply(*fitted, kept); !applied) co_return applied;

  origin_->Replace(std::move(configured->origin));
  log_.Apply(fitted->log);
  settings_ = std::move(reload.settings);
  log_.Info("the settings were read again; changed: " +
            (reload.changed.empty() ? "none" : Listed(reload.changed)));
  if (!reload.deferred.empty()) {
    log_.Warning("changed, but a restart is needed: " + Listed(reload.deferred));
  }
  co_return Status();
}

}  // namespace thimble
