// All that a running server consists of, made in order and ended in reverse, and what signals do to
// it (serve_command.h).
//
// Thread-safety: one thread. Ownership: borrows the log.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <string>

#include "apps/exit_status.h"
#include "apps/origin_factory.h"
#include "apps/service_manager.h"
#include "base/error.h"
#include "observe/credentials_reporter.h"
#include "observe/log.h"
#include "observe/measured_origin.h"
#include "observe/metrics.h"
#include "observe/reporter.h"
#include "server/server.h"
#include "settings/settings.h"
#include "settings/settings_loader.h"
#include "worker/pool.h"

namespace thimble {

class Serving {
 public:
  Serving(Settings settings, SettingsSources sources, Log& log);

  // Returns when pictures can be asked for. Errors: kBadSetting, kSystem.
  Status Start();
  // Until a signal. The exit status.
  int Run();

 private:
  Expected<Settings> FittedToMachine(Settings settings);
  OriginObservers observers() { return {&reporter_, &credentials_reporter_}; }
  Status AwaitWorkers();

  boost::asio::awaitable<void> HandleSignals();
  boost::asio::awaitable<void> Drain();
  void EndAtNextSignal();

  boost::asio::awaitable<void> Reload();
  boost::asio::awaitable<Status> TryReload();

  Settings settings_;  // as they were loaded
  const SettingsSources sources_;
  Log& log_;
  const ServiceManager manager_ = ServiceManager::FromEnvironment();
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  Metrics metrics_;
  Reporter reporter_;
  CredentialsReporter credentials_reporter_;
  std::unique_ptr<MeasuredOrigin> origin_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<Server> server_;
  std::string url_;  // of this server
  int status_ = kExitFine;
};

}  // namespace thimble
