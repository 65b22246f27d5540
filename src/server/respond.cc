#include "server/respond.h"

#include <fmt/format.h>

#include <utility>

#include "http/date.h"
#include "http/error_answer.h"
#include "observe/names.h"

namespace thimble {
namespace {

// No browser may take an answer for a page, whatever its bytes look like.
constexpr std::string_view kSafetyFields =
    "X-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; sandbox\r\n";

constexpr std::string_view kMethods = "GET, HEAD, OPTIONS";
constexpr int kMaxRetryAfterSeconds = 5;

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 431: return "Request Header Fields Too Large";
    case 499: return "Client Closed Request";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Unknown";
  }
}

template <class... Values>
void Append(std::string& text, fmt::format_string<Values...> format, Values&&... values) {
  text += fmt::format(format, std::forward<Values>(values)...);
}

void AppendField(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  head += value;
  head += "\r\n";
}

double Milliseconds(std::chrono::microseconds span) {
  return static_cast<double>(span.count()) / 1000.0;
}

void AppendServerTiming(const Answer& answer, std::string& head) {
  head += "Server-Timing: ";
  if (answer.cache == CacheState::kMiss || answer.cache == CacheState::kCoalesced) {
    Append(head, "fetch;dur={:.1f}, queue;dur={:.1f}, process;dur={:.1f}, ",
           Milliseconds(answer.stages.fetch), Milliseconds(answer.stages.queue),
           Milliseconds(answer.stages.process));
  }
  head += "cache;desc=";
  head += NameOf(answer.cache);
  head += "\r\n";
}

void AppendValidators(const Validator& validator, std::string& head) {
  AppendField(head, "ETag", validator.entity_tag);
  if (validator.last_modified) {
    AppendField(head, "Last-Modified", FormatHttpDate(*validator.last_modified));
  }
}

// CORS: which pages may read the bytes, the fields and the times. Nothing here depends on who asks
// (no cookies, no credentials), so every field may be read.
void AppendPermissions(const AnswerSettings& settings, std::string& head) {
  if (settings.allow_origin.empty()) return;
  AppendField(head, "Access-Control-Allow-Origin", settings.allow_origin);
  AppendField(head, "Timing-Allow-Origin", settings.allow_origin);
  head +=
      "Access-Control-Expose-Headers: *\r\n"
      "Cross-Origin-Resource-Policy: cross-origin\r\n";
}

std::string ErrorText(const Error& shown, const Exchange& exchange, bool as_json) {
  const std::string_view slug = SlugOf(shown.code);
  const std::string_view message = MessageOf(shown);
  if (as_json) {
    return fmt::format("{{\"error\":\"{}\",\"message\":\"{}\",\"request_id\":\"{}\"}}\n", slug,
                       message, exchange.request_id);
  }
  return fmt::format("{}: {}\nrequest {}\n", slug, message, exchange.request_id);
}

}  // namespace

void Response::Clear() {
  head.clear();
  text.clear();
  status = 0;
  error.reset();
}

// One overload for each kind of answer. Each writes everything but the last empty line.
struct Responder::Renderer {
  Responder& responder;
  const Answer& answer;
  const Exchange& exchange;
  Response& response;

  void operator()(const SendPicture& send) const {
    Start(200);
    response.head += send.picture->annotation;
    AppendFreshness();
    AppendVary();
    AppendServerTiming(answer, response.head);
  }

  void operator()(const NotModified& unchanged) const {
    Start(304);
    AppendValidators(unchanged.validator, response.head);
    AppendPermissions(responder.settings_, response.head);
    AppendFreshness();
    AppendVary();
    AppendServerTiming(answer, response.head);
  }

  void operator()(const PlainText& plain) const {
    Start(plain.status);
    AppendField(response.head, "Content-Type", plain.media_type);
    Append(response.head, "Content-Length: {}\r\n", plain.text.size());
    response.head += "Cache-Control: no-store\r\n";
    response.head += kSafetyFields;
    response.text = plain.text;
  }

  void operator()(const Capabilities&) const {
    Start(204);
    AppendField(response.head, "Allow", kMethods);
    AppendPermissions(responder.settings_, response.head);
    if (!responder.settings_.allow_origin.empty()) {
      AppendField(response.head, "Access-Control-Allow-Methods", kMethods);
      response.head +=
          "Access-Control-Allow-Headers: *\r\n"
          "Access-Control-Max-Age: 86400\r\n";
    }
  }

  void operator()(const Error& error) const {
    const ErrorCode shown = responder.ShownCode(error.code);
    const bool as_json = WantsJson(exchange.accept);
    response.error = shown;
    response.text = ErrorText({shown, error.detail}, exchange, as_json);
    Start(StatusOf(shown));
    AppendField(response.head, "Content-Type",
                as_json ? "application/json" : "text/plain; charset=utf-8");
    Append(response.head, "Content-Length: {}\r\n", response.text.size());
    responder.AppendErrorFields(shown, response.head);
    AppendPermissions(responder.settings_, response.head);
  }

  void Start(int status) const {
    response.status = status;
    responder.AppendStart(status, exchange, response.head);
  }
  void AppendFreshness() const {
    response.head += answer.names_version ? responder.versioned_ : responder.unversioned_;
  }
  void AppendVary() const {
    if (answer.varies_by_accept) response.head += "Vary: Accept\r\n";
  }
};

Responder::Responder(AnswerSettings settings, bool show_forbidden)
    : settings_(std::move(settings)),
      show_forbidden_(show_forbidden),
      unversioned_(fmt::format("Cache-Control: public, max-age={}, s-maxage={}\r\n",
                               settings_.max_age.count(), settings_.shared_max_age.count())),
      versioned_(fmt::format("Cache-Control: public, max-age={}, immutable\r\n",
                             settings_.shared_max_age.count())),
      jitter_(std::random_device{}()) {}

void Responder::Render(const Answer& answer, const Exchange& exchange, Response& response) {
  response.Clear();
  std::visit(Renderer{*this, answer, exchange, response}, answer.content);
  response.head += "\r\n";
}

void Responder::AppendStart(int status, const Exchange& exchange, std::string& head) {
  // Appended, not formatted: every answer begins so, and each parse of a format string costs more
  // than all of these lines.
  head += kResponseStart;
  head += fmt::format_int(status).c_str();
  head += ' ';
  head += ReasonOf(status);
  head += "\r\n";
  head += DateField();
  if (!exchange.keep_alive) {
    head += "Connection: close\r\n";
  } else if (exchange.minor_version == 0) {
    head += "Connection: keep-alive\r\n";
  }
  AppendField(head, "X-Request-ID", exchange.request_id);
}

void Responder::AppendErrorFields(ErrorCode shown, std::string& head) {
  const int status = StatusOf(shown);
  AppendField(head, "X-Error", SlugOf(shown));
  head += kSafetyFields;
  if (status == 404 || status == 410) {
    // A cache may keep these, and the body's form follows Accept.
    Append(head, "Cache-Control: public, max-age={}\r\nVary: Accept\r\n",
           settings_.not_found_max_age.count());
  } else {
    head += "Cache-Control: no-store\r\n";
  }
  if (status == 405) AppendField(head, "Allow", kMethods);
  if (status == 503) {
    // Spread, so that those who were refused together do not come back together.
    std::uniform_int_distribution<int> seconds(1, kMaxRetryAfterSeconds);
    Append(head, "Retry-After: {}\r\n", seconds(jitter_));
  }
}

ErrorCode Responder::ShownCode(ErrorCode code) const {
  const bool hidden = code == ErrorCode::kOriginalForbidden && !show_forbidden_;
  return hidden ? ErrorCode::kOriginalNotFound : code;
}

std::string_view Responder::DateField() {
  const std::time_t now = std::time(nullptr);
  if (now != date_moment_) {
    date_moment_ = now;
    const std::chrono::sys_seconds moment{std::chrono::seconds(now)};
    date_field_ = fmt::format("Date: {}\r\n", FormatHttpDate(moment));
  }
  return date_field_;
}

std::string PictureFields(const Picture& picture, const AnswerSettings& settings) {
  std::string fields;
  AppendField(fields, "Content-Type", MediaTypeOf(picture.format));
  Append(fields, "Content-Length: {}\r\n", picture.bytes.size());
  AppendValidators(picture.validator, fields);
  fields += "Accept-Ranges: none\r\n";
  fields += kSafetyFields;
  AppendPermissions(settings, fields);
  return fields;
}

ByteSpan BodyOf(const Answer& answer, const Response& response, bool is_head) {
  if (is_head) return {};
  if (const auto* send = std::get_if<SendPicture>(&answer.content)) return send->picture->bytes;
  return BytesOf(response.text);
}

}  // namespace thimble
