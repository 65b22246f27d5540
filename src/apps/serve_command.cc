#include "apps/serve_command.h"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <utility>

#include "apps/exit_status.h"
#include "apps/origin_factory.h"
#include "apps/serving.h"
#include "apps/worker_program.h"
#include "observe/log.h"
#include "settings/machine.h"

namespace thimble {
namespace {

constexpr std::chrono::seconds kLastWords{1};

// Until the server is there to answer them; the last two never mean anything.
void IgnoreSignals() {
  for (const int number : {SIGHUP, SIGUSR1, SIGUSR2}) std::signal(number, SIG_IGN);
}

}  // namespace

int Serve(Settings settings, SettingsSources sources) {
  IgnoreSignals();
  Settings trial = settings;  // before anything takes a descriptor
  if (auto fits = FitToMachine(ReadMachine(), trial); !fits) return ComplainAbout(fits.error());
  const Expected<std::unique_ptr<Log>> log = Log::Start(settings.log);
  if (!log) return ComplainAbout(log.error());
  Serving serving(std::move(settings), std::move(sources), **log);
  if (Status started = serving.Start(); !started) {
    (*log)->Flush(kLastWords);  // what workers said of it
    return ComplainAbout(started.error());
  }
  return serving.Run();
}

Status CheckServing(const Settings& settings) {
  boost::asio::io_context io{1};
  Expected<ConfiguredOrigin> configured = MakeOrigin(io.get_executor(), settings.origin, {});
  if (!configured) return Forward(configured);
  Status keys = RunUntilDone(io, AwaitFirstKeys(*configured, settings.origin));
  if (!keys && keys.error().code == ErrorCode::kBadSetting) return keys;
  if (auto program = FindWorkerProgram(settings.workers.worker_program); !program) {
    return Forward(program);
  }
  return {};
}

}  // namespace thimble
