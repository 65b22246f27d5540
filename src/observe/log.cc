#include "observe/log.h"

#include <fmt/format.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/hex.h"
#include "observe/names.h"

namespace thimble {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v";
// The payload is the rest of the object.
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)";

class QueueSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit QueueSink(LogQueue& queue) : queue_(queue) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    queue_.Push({line.data(), line.size()});
  }
  void flush_() override {}

  LogQueue& queue_;
};

spdlog::level::level_enum LevelOf(LogSettings::Level level) {
  switch (level) {
    case LogSettings::Level::kDebug: return spdlog::level::debug;
    case LogSettings::Level::kInfo: return spdlog::level::info;
    case LogSettings::Level::kWarning: return spdlog::level::warn;
    case LogSettings::Level::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

spdlog::level::level_enum LevelOf(const RequestRecord& record) {
  if (record.status >= 500 && record.error != ErrorCode::kDraining) return spdlog::level::warn;
  const bool is_picture = record.route == Route::kPicture || record.route == Route::kNone;
  return is_picture ? spdlog::level::info : spdlog::level::debug;
}

// Printable ASCII as it is, the rest as \xNN: a line stays one line whatever a stranger sends.
std::string Escaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (c >= ' ' && c <= '~') {
      escaped += c;
    } else {
      escaped += "\\x";
      AppendHex(BytesOf({&c, 1}), escaped);
    }
  }
  return escaped;
}

// The path without its query, and of the absolute form without scheme, user and host.
std::string_view LoggablePath(std::string_view path) {
  path = path.substr(0, path.find('?'));
  const std::size_t scheme = path.find("://");
  if (path.starts_with('/') || scheme == std::string_view::npos) return path;
  const std::size_t slash = path.find('/', scheme + 3);
  return slash == std::string_view::npos ? std::string_view("/") : path.substr(slash);
}

double Milliseconds(std::chrono::microseconds span) {
  return static_cast<double>(span.count()) / 1000.0;
}

std::string_view FormatNameOf(const RequestRecord& record) {
  return record.format ? NameOf(*record.format) : std::string_view("-");
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What stands behind kJsonPattern: an object without its opening brace.
std::string Rest(const std::string& object) { return object.substr(1); }

}  // namespace

std::string RequestAsText(const RequestRecord& record) {
  std::string line = fmt::format(
      "{} {} {} {} {}B {} {} total={:.1f}ms fetch={:.1f} queue={:.1f} process={:.1f} id={} from={}",
      Escaped(record.method), Escaped(LoggablePath(record.path)), record.status,
      CodeNameOf(record.error), record.body_bytes, FormatNameOf(record), NameOf(record.cache),
      Milliseconds(record.total), Milliseconds(record.stages.fetch),
      Milliseconds(record.stages.queue), Milliseconds(record.stages.process),
      Escaped(record.request_id), record.remote_address);
  if (!record.variant.empty()) line += fmt::format(" variant=\"{}\"", Escaped(record.variant));
  if (!record.error_detail.empty()) {
    line += fmt::format(" detail=\"{}\"", Escaped(record.error_detail));
  }
  if (!record.complete) line += " incomplete";
  return line;
}

std::string RequestAsJson(const RequestRecord& record) {
  Json line = {{"request_id", record.request_id},
               {"remote", record.remote_address},
               {"method", record.method},
               {"path", LoggablePath(record.path)},
               {"variant", record.variant},
               {"status", record.status},
               {"code", CodeNameOf(record.error)},
               {"bytes", record.body_bytes},
               {"format", FormatNameOf(record)},
               {"cache", NameOf(record.cache)},
               {"complete", record.complete},
               {"total_ms", Milliseconds(record.total)},
               {"fetch_ms", Milliseconds(record.stages.fetch)},
               {"queue_ms", Milliseconds(record.stages.queue)},
               {"process_ms", Milliseconds(record.stages.process)}};
  if (!record.error_detail.empty()) line["detail"] = record.error_detail;
  return Dump(line);
}

Expected<std::unique_ptr<Log>> Log::Start(const LogSettings& settings) {
  THIMBLE_TRY(std::unique_ptr<LogQueue> queue, LogQueue::Start(STDERR_FILENO));
  return std::unique_ptr<Log>(new Log(settings, std::move(queue)));
}

Log::Log(const LogSettings& settings, std::unique_ptr<LogQueue> queue)
    : queue_(std::move(queue)),
      logger_(std::make_unique<spdlog::logger>("thimble", std::make_shared<QueueSink>(*queue_))) {
  Apply(settings);
}

Log::~Log() = default;

void Log::Apply(const LogSettings& settings) {
  format_ = settings.format;
  const bool is_json = format_ == LogSettings::Format::kJson;
  logger_->set_pattern(is_json ? kJsonPattern : kTextPattern, spdlog::pattern_time_type::utc);
  logger_->set_level(LevelOf(settings.level));
}

void Log::Info(std::string_view message) { Write(LogSettings::Level::kInfo, message); }
void Log::Warning(std::string_view message) { Write(LogSettings::Level::kWarning, message); }
void Log::Error(std::string_view message) { Write(LogSettings::Level::kError, message); }

void Log::Write(LogSettings::Level level, std::string_view message) {
  TellOfDropped();
  logger_->log(LevelOf(level), Payload(message));
}

void Log::Announce(std::string_view message) {
  const std::string payload = Payload(message);
  const spdlog::details::log_msg line(logger_->name(), spdlog::level::info, payload);
  for (const auto& sink : logger_->sinks()) sink->log(line);
}

void Log::Request(const RequestRecord& record) {
  const spdlog::level::level_enum level = LevelOf(record);
  if (!logger_->should_log(level)) return;
  TellOfDropped();
  const bool is_json = format_ == LogSettings::Format::kJson;
  logger_->log(level, is_json ? Rest(RequestAsJson(record)) : RequestAsText(record));
}

// Not before there is room: a line about each that was dropped would take the place of others.
void Log::TellOfDropped() {
  const std::uint64_t dropped = queue_->dropped();
  if (dropped == dropped_and_told_ || !queue_->is_half_empty()) return;
  const std::uint64_t more = dropped - std::exchange(dropped_and_told_, dropped);
  logger_->warn(Payload(fmt::format(
      "{} lines of this log were dropped because standard error was not read in time", more)));
}

std::string Log::Payload(std::string_view message) const {
  if (format_ == LogSettings::Format::kText) return "thimble: " + Escaped(message);
  return Rest(Dump(Json{{"message", message}}));
}

}  // namespace thimble
