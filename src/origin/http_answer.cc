#include "origin/http_answer.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/ascii.h"

namespace thimble {
namespace {

std::optional<std::chrono::sys_seconds> HttpDate(const std::string& value) {
  const time_t seconds = curl_getdate(value.c_str(), nullptr);
  if (seconds == -1) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

// https://www.iana.org/assignments/http-parameters: the content codings in use.
constexpr std::array<std::string_view, 7> kContentCodings = {"gzip", "x-gzip",   "deflate",   "br",
                                                             "zstd", "compress", "x-compress"};

}  // namespace

std::optional<std::chrono::sys_seconds> AnswerHead::date() const { return HttpDate(date_); }

Status AnswerHead::AddLine(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (complete_) return {};
  if (line.starts_with("HTTP/")) return AddStatusLine(line);
  if (line.empty()) {
    complete_ = status_ >= 200;
    if (complete_ && content_length_ && chunked_) {
      return Fail(ErrorCode::kOriginFailed, "the answer has a length and chunks");
    }
    return {};
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return Fail(ErrorCode::kOriginFailed, "a header line without a colon");
  }
  return AddField(line.substr(0, colon), Trimmed(line.substr(colon + 1)));
}

Status AnswerHead::AddStatusLine(std::string_view line) {
  *this = AnswerHead();
  const std::size_t space = line.find(' ');
  const std::string_view digits =
      space == std::string_view::npos ? std::string_view() : line.substr(space + 1, 3);
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), status_);
  if (failed != std::errc() || end != digits.data() + 3 || status_ < 100) {
    return Fail(ErrorCode::kOriginFailed, "the status line has no status");
  }
  return {};
}

Status AnswerHead::AddField(std::string_view name, std::string_view value) {
  if (EqualsIgnoringCase(name, "content-length")) return AddContentLength(value);
  if (EqualsIgnoringCase(name, "transfer-encoding")) return AddTransferEncoding(value);
  if (EqualsIgnoringCase(name, "content-encoding")) AddContentEncoding(value);
  if (EqualsIgnoringCase(name, "x-amz-bucket-region")) bucket_region_ = value;
  if (EqualsIgnoringCase(name, "etag")) entity_tag_ = value;
  if (EqualsIgnoringCase(name, "last-modified")) last_modified_ = HttpDate(std::string(value));
  if (EqualsIgnoringCase(name, "date")) date_ = value;
  return {};
}

Status AnswerHead::AddContentLength(std::string_view value) {
  if (content_length_) return Fail(ErrorCode::kOriginFailed, "two content lengths");
  std::uint64_t length = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (end != value.data() + value.size() || failed == std::errc::invalid_argument) {
    return Fail(ErrorCode::kOriginFailed, "a content length that is no number");
  }
  content_length_ = failed == std::errc() ? length : std::numeric_limits<std::uint64_t>::max();
  return {};
}

Status AnswerHead::AddTransferEncoding(std::string_view value) {
  if (chunked_ || !EqualsIgnoringCase(value, "chunked")) {
    return Fail(ErrorCode::kOriginFailed, "a transfer encoding other than chunked");
  }
  chunked_ = true;
  return {};
}

void AnswerHead::AddContentEncoding(std::string_view value) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    const std::string_view named = Trimmed(value.substr(0, comma));
    value.remove_prefix(std::min(comma + 1, value.size()));
    for (const std::string_view coding : kContentCodings) {
      if (!EqualsIgnoringCase(named, coding)) continue;
      if (content_codings_.find(coding) != std::string::npos) continue;
      if (!content_codings_.empty()) content_codings_ += ", ";
      content_codings_ += coding;
    }
  }
}

Status CheckBodyOf(const AnswerHead& head, std::size_t max_bytes) {
  if (!head.content_length()) {
    if (head.chunked()) return {};
    return Fail(ErrorCode::kOriginIncomplete, "neither a length nor chunks: no end to check");
  }
  if (*head.content_length() > max_bytes) {
    return Fail(ErrorCode::kOriginalTooLarge,
                fmt::format("{} bytes, at most {} allowed", *head.content_length(), max_bytes));
  }
  return {};
}

}  // namespace thimble
