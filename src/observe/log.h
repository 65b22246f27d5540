// What the server writes to standard error: lines for people or one JSON object a line.
//
// Nothing that a stranger sends can break a line or forge one: control characters and broken UTF-8
// are escaped. The query of a URL is not written, because signatures and keys are sent there; what
// a URL means is in the record's variant. Only the detail of a refused URL quotes a parameter that
// is not known, by its name, or the wrong value of a known one.
//
// Writing to the log never waits for its reader (log_queue.h). How many lines were dropped is said
// in a line of its own as soon as there is room again.
//
// Thread-safety: the server's one thread. Ownership: the log shares its sink with nobody.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "observe/log_queue.h"
#include "observe/records.h"
#include "settings/settings.h"

namespace spdlog {
class logger;
}

namespace thimble {

class Log {
 public:
  // To standard error. Errors: kSystem.
  static Expected<std::unique_ptr<Log>> Start(const LogSettings& settings);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();  // writes what it can within a second

  // From the next line on.
  void Apply(const LogSettings& settings);

  void Info(std::string_view message);
  void Warning(std::string_view message);
  void Error(std::string_view message);

  // Written at any level: that the server is ready, and where.
  void Announce(std::string_view message);

  // One line a request: at `info`; at `warning` when the answer is the server's or the origin's
  // fault; at `debug` for successful health checks and metrics, which are many and say little.
  void Request(const RequestRecord& record);

  // False: not everything could be written in time.
  bool Flush(std::chrono::milliseconds patience) { return queue_->Flush(patience); }
  std::uint64_t dropped_lines() const { return queue_->dropped(); }

 private:
  Log(const LogSettings& settings, std::unique_ptr<LogQueue> queue);

  void TellOfDropped();
  void Write(LogSettings::Level level, std::string_view message);
  std::string Payload(std::string_view message) const;

  std::unique_ptr<LogQueue> queue_;
  std::uint64_t dropped_and_told_ = 0;
  std::unique_ptr<spdlog::logger> logger_;
  LogSettings::Format format_ = LogSettings::Format::kText;
};

// The request's line in each format, for tests. The JSON one is a whole object.
std::string RequestAsText(const RequestRecord& record);
std::string RequestAsJson(const RequestRecord& record);

}  // namespace thimble
