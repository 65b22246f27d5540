#include "worker/protocol.h"

#include <algorithm>
#include <string>

namespace thimble {
namespace {

// Far above every setting and far below where products of two overflow.
constexpr std::int32_t kMaxBoxSide = 1'000'000;

template <std::size_t kWidth>
std::array<char, kWidth> FixedText(std::string_view text) {
  std::array<char, kWidth> fixed{};
  std::copy_n(text.begin(), std::min(text.size(), kWidth), fixed.begin());
  return fixed;
}

// A hostile worker must not forge lines of the server's log.
std::string PrintableText(const DetailText& detail) {
  std::string text(detail.begin(), std::find(detail.begin(), detail.end(), '\0'));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

std::optional<ImageFormat> FormatFromNumber(std::uint8_t number) {
  switch (const auto format = static_cast<ImageFormat>(number)) {
    case ImageFormat::kJpeg:
    case ImageFormat::kPng:
    case ImageFormat::kWebp: return format;
  }
  return std::nullopt;
}

bool IsKnownFit(std::uint8_t number) {
  switch (static_cast<Fit>(number)) {
    case Fit::kContain:
    case Fit::kCover:
    case Fit::kFill: return true;
  }
  return false;
}

// What the engine may say: the picture is at fault, or a bug of ours. The rest is for others.
bool IsEngineVerdict(std::uint16_t number) {
  if (!IsKnownErrorCode(number)) return false;
  const auto code = static_cast<ErrorCode>(number);
  const bool about_picture =
      code >= ErrorCode::kUnsupportedFormat && code <= ErrorCode::kResultTooLarge;
  return (about_picture && code != ErrorCode::kWorkerDied) || code == ErrorCode::kInternal;
}

// Both sides run this: the sender to find its own bugs, the receiver because it must.
Status CheckJob(const JobMessage& m) {
  const bool box_ok = m.width >= 0 && m.width <= kMaxBoxSide && m.height >= 0 &&
                      m.height <= kMaxBoxSide && (m.width > 0 || m.height > 0);
  if (!box_ok) return Fail(ErrorCode::kInternal, "job: box out of range");
  if (m.quality < 1 || m.quality > 100) {
    return Fail(ErrorCode::kInternal, "job: quality out of range");
  }
  if (!IsKnownFit(m.fit) || m.enlarge > 1) return Fail(ErrorCode::kInternal, "job: unknown fit");
  if (m.format != 0 && !FormatFromNumber(m.format)) {
    return Fail(ErrorCode::kInternal, "job: unknown format");
  }
  const bool limits_ok =
      m.max_pixels > 0 && m.max_side > 0 && m.max_jpeg_scans > 0 && m.max_icc_bytes >= 0;
  if (!limits_ok) return Fail(ErrorCode::kInternal, "job: limits out of range");
  if (m.output_bytes == 0 || m.cpu_seconds == 0) {
    return Fail(ErrorCode::kInternal, "job: no room or no time");
  }
  return {};
}

}  // namespace

Expected<JobMessage> EncodeJob(const JobOrder& order) {
  auto message = NewMessage<JobMessage>();
  message.job_id = order.job_id;
  message.source_bytes = order.source_bytes;
  message.output_bytes = order.output_bytes;
  message.cpu_seconds = static_cast<std::uint64_t>(order.cpu.count());
  message.max_pixels = order.limits.max_pixels;
  message.max_icc_bytes = order.limits.max_icc_bytes;
  message.max_side = order.limits.max_side;
  message.max_jpeg_scans = order.limits.max_jpeg_scans;
  message.width = order.spec.width;
  message.height = order.spec.height;
  message.quality = order.spec.quality.value;
  message.fit = static_cast<std::uint8_t>(order.spec.fit);
  message.enlarge = order.spec.enlarge ? 1 : 0;
  message.format = order.spec.format ? static_cast<std::uint8_t>(*order.spec.format) : 0;
  if (Status s = CheckJob(message); !s) return Forward(s);
  return message;
}

Expected<JobOrder> DecodeJob(const JobMessage& message) {
  if (Status s = CheckJob(message); !s) return Forward(s);
  JobOrder order;
  order.job_id = message.job_id;
  order.spec.width = message.width;
  order.spec.height = message.height;
  order.spec.fit = static_cast<Fit>(message.fit);
  order.spec.enlarge = message.enlarge == 1;
  order.spec.quality.value = message.quality;
  order.spec.format = FormatFromNumber(message.format);
  order.limits.max_pixels = message.max_pixels;
  order.limits.max_icc_bytes = message.max_icc_bytes;
  order.limits.max_side = message.max_side;
  order.limits.max_jpeg_scans = message.max_jpeg_scans;
  order.source_bytes = message.source_bytes;
  order.output_bytes = message.output_bytes;
  order.cpu = std::chrono::seconds(message.cpu_seconds);
  return order;
}

AnswerMessage EncodeAnswer(std::uint64_t job_id, const Expected<ResultFacts>& result) {
  auto message = NewMessage<AnswerMessage>();
  message.job_id = job_id;
  if (!result) {
    const auto code = static_cast<std::uint16_t>(result.error().code);
    message.error_code =
        IsEngineVerdict(code) ? code : static_cast<std::uint16_t>(ErrorCode::kInternal);
    message.detail = FixedText<std::tuple_size_v<DetailText>>(result.error().detail);
    return message;
  }
  message.result_bytes = result->bytes;
  message.format = static_cast<std::uint8_t>(result->format);
  message.width = result->size.width;
  message.height = result->size.height;
  return message;
}

Expected<Expected<ResultFacts>> DecodeAnswer(const AnswerMessage& message, std::uint64_t job_id,
                                             std::size_t output_bytes) {
  if (message.job_id != job_id) return Fail(ErrorCode::kInternal, "answer to another job");
  if (message.error_code != 0) {
    if (!IsEngineVerdict(message.error_code)) {
      return Fail(ErrorCode::kInternal, "answer with an impossible error");
    }
    return Expected<ResultFacts>(
        Fail(static_cast<ErrorCode>(message.error_code), PrintableText(message.detail)));
  }
  if (message.result_bytes == 0 || message.result_bytes > output_bytes) {
    return Fail(ErrorCode::kInternal, "answer with an impossible length");
  }
  const std::optional<ImageFormat> format = FormatFromNumber(message.format);
  if (!format) return Fail(ErrorCode::kInternal, "answer with an unknown format");
  const bool size_ok = message.width >= 1 && message.width <= kMaxResultSide &&
                       message.height >= 1 && message.height <= kMaxResultSide;
  if (!size_ok) return Fail(ErrorCode::kInternal, "answer with an impossible size");
  return Expected<ResultFacts>(ResultFacts{
      .bytes = message.result_bytes, .format = *format, .size = {message.width, message.height}});
}

VersionText VersionTextOf(std::string_view version) {
  return FixedText<std::tuple_size_v<VersionText>>(version);
}

}  // namespace thimble
