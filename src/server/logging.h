// What the server writes to standard error: lines for people or one JSON object a line.
//
// Nothing that a stranger sends can break a line or forge one: control characters and broken UTF-8
// are escaped. The query of a URL is never written, because that is where signatures and keys
// travel; what a known URL means is in the record's variant.
//
// Thread-safety: any thread. Ownership: the log shares its sink with nobody.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/telemetry.h"
#include "settings/settings.h"

namespace spdlog {
class logger;
}

namespace thimble {

class Log {
 public:
  // To standard error.
  explicit Log(const LogSettings& settings);

  void Info(std::string_view message);
  void Warning(std::string_view message);
  void Error(std::string_view message);

  // Written at any level: that the server is ready, and where.
  void Announce(std::string_view message);

  // One line a request: at `info`; at `warning` when the answer is the server's or the origin's
  // fault; at `debug` for health checks and metrics that are well, which are many and say nothing.
  void Request(const RequestRecord& record);

 private:
  void Write(LogSettings::Level level, std::string_view message);
  std::string Payload(std::string_view message) const;

  std::shared_ptr<spdlog::logger> logger_;
  LogSettings::Format format_;
};

// The request's line in each format, for tests. The JSON one is a whole object.
std::string RequestAsText(const RequestRecord& record);
std::string RequestAsJson(const RequestRecord& record);

}  // namespace thimble
