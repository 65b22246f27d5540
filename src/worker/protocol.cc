#include "worker/protocol.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

#include "base/memfd.h"

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

Status CheckTarget(const TargetFields& target) {
  const bool box_ok = target.width >= 0 && target.width <= kMaxBoxSide && target.height >= 0 &&
                      target.height <= kMaxBoxSide && (target.width > 0 || target.height > 0);
  if (!box_ok) return Fail(ErrorCode::kInternal, "batch: box out of range");
  if (target.quality < 1 || target.quality > 100) {
    return Fail(ErrorCode::kInternal, "batch: quality out of range");
  }
  if (!IsKnownFit(target.fit) || target.enlarge > 1) {
    return Fail(ErrorCode::kInternal, "batch: unknown fit");
  }
  if (target.format != 0 && !FormatFromNumber(target.format)) {
    return Fail(ErrorCode::kInternal, "batch: unknown format");
  }
  if (target.format_may_fall_back > (target.format == 0 ? 0 : 1)) {
    return Fail(ErrorCode::kInternal, "batch: nothing to fall back from");
  }
  return {};
}

// Both sides run this: the sender to find its own bugs, the receiver because it must.
Status CheckBatch(const BatchMessage& m) {
  if (m.target_count < 1 || m.target_count > kMaxTargets) {
    return Fail(ErrorCode::kInternal, "batch: number of targets out of range");
  }
  for (const TargetFields& target : std::span(m.targets).first(m.target_count)) {
    if (Status s = CheckTarget(target); !s) return s;
  }
  const bool limits_ok =
      m.max_pixels > 0 && m.max_side > 0 && m.max_jpeg_scans > 0 && m.max_icc_bytes >= 0;
  if (!limits_ok) return Fail(ErrorCode::kInternal, "batch: limits out of range");
  if (m.source_in_inbox > 1 || (m.source_in_inbox == 1 && m.source_bytes > kMaxShortBytes)) {
    return Fail(ErrorCode::kInternal, "batch: no such source");
  }
  if (m.jpeg_by_libjpeg > 1 || m.compare_decoders > 1) {
    return Fail(ErrorCode::kInternal, "batch: a flag that is none");
  }
  if (m.output_bytes == 0 || m.cpu_seconds == 0) {
    return Fail(ErrorCode::kInternal, "batch: no room or no time");
  }
  return {};
}

TargetFields FieldsOf(const TransformSpec& spec) {
  return {.width = spec.width,
          .height = spec.height,
          .quality = spec.quality.value,
          .fit = static_cast<std::uint8_t>(spec.fit),
          .enlarge = static_cast<std::uint8_t>(spec.enlarge ? 1 : 0),
          .format = spec.format ? static_cast<std::uint8_t>(*spec.format) : std::uint8_t{0},
          .format_may_fall_back = static_cast<std::uint8_t>(spec.format_may_fall_back ? 1 : 0)};
}

TransformSpec SpecFrom(const TargetFields& fields) {
  return {.width = fields.width,
          .height = fields.height,
          .fit = static_cast<Fit>(fields.fit),
          .enlarge = fields.enlarge == 1,
          .quality = {fields.quality},
          .format = FormatFromNumber(fields.format),
          .format_may_fall_back = fields.format_may_fall_back == 1};
}

}  // namespace

Expected<BatchMessage> EncodeBatch(const BatchOrder& order) {
  auto message = NewMessage<BatchMessage>();
  message.batch_id = order.batch_id;
  message.source_bytes = order.source_bytes;
  message.source_in_inbox = order.source_in_inbox ? 1 : 0;
  message.output_bytes = order.output_bytes;
  message.cpu_seconds = static_cast<std::uint64_t>(order.cpu.count());
  message.max_pixels = order.limits.max_pixels;
  message.max_icc_bytes = order.limits.max_icc_bytes;
  message.max_side = order.limits.max_side;
  message.max_jpeg_scans = order.limits.max_jpeg_scans;
  message.jpeg_by_libjpeg = order.limits.jpeg_method == JpegMethod::kLibjpeg ? 1 : 0;
  message.compare_decoders = order.compare_decoders ? 1 : 0;
  message.target_count = static_cast<std::uint32_t>(order.targets.size());
  const std::size_t sent = std::min(order.targets.size(), kMaxTargets);
  std::transform(order.targets.begin(), order.targets.begin() + static_cast<std::ptrdiff_t>(sent),
                 message.targets.begin(), &FieldsOf);
  if (Status s = CheckBatch(message); !s) return Forward(s);
  return message;
}

Expected<BatchOrder> DecodeBatch(const BatchMessage& message) {
  if (Status s = CheckBatch(message); !s) return Forward(s);
  BatchOrder order;
  order.batch_id = message.batch_id;
  for (const TargetFields& target : std::span(message.targets).first(message.target_count)) {
    order.targets.push_back(SpecFrom(target));
  }
  order.limits.max_pixels = message.max_pixels;
  order.limits.max_icc_bytes = message.max_icc_bytes;
  order.limits.max_side = message.max_side;
  order.limits.max_jpeg_scans = message.max_jpeg_scans;
  order.limits.jpeg_method =
      message.jpeg_by_libjpeg == 1 ? JpegMethod::kLibjpeg : JpegMethod::kFastest;
  order.source_bytes = message.source_bytes;
  order.source_in_inbox = message.source_in_inbox == 1;
  order.output_bytes = message.output_bytes;
  order.cpu = std::chrono::seconds(message.cpu_seconds);
  order.compare_decoders = message.compare_decoders == 1;
  return order;
}

AnswerMessage EncodeAnswer(std::uint64_t batch_id, const TargetAnswer& answer) {
  auto message = NewMessage<AnswerMessage>();
  message.batch_id = batch_id;
  message.target = static_cast<std::uint16_t>(answer.target);
  message.comparison = static_cast<std::uint8_t>(answer.comparison);
  if (!answer.result) {
    const Error& error = answer.result.error();
    const auto code = static_cast<std::uint16_t>(error.code);
    message.error_code =
        IsEngineVerdict(code) ? code : static_cast<std::uint16_t>(ErrorCode::kInternal);
    message.detail = FixedText<std::tuple_size_v<DetailText>>(error.detail);
    return message;
  }
  message.result_offset = answer.result->offset;
  message.result_bytes = answer.result->bytes;
  message.format = static_cast<std::uint8_t>(answer.result->format);
  message.width = answer.result->size.width;
  message.height = answer.result->size.height;
  return message;
}

Expected<TargetAnswer> DecodeAnswer(const AnswerMessage& message, const AnswerBounds& bounds) {
  if (message.batch_id != bounds.batch_id)
    return Fail(ErrorCode::kInternal, "answer to another batch");
  if (message.target >= bounds.targets) return Fail(ErrorCode::kInternal, "answer for no target");
  if (message.comparison > static_cast<std::uint8_t>(kLastDecoderComparison)) {
    return Fail(ErrorCode::kInternal, "answer with an impossible comparison");
  }
  const auto comparison = static_cast<DecoderComparison>(message.comparison);
  if (message.error_code != 0) {
    if (!IsEngineVerdict(message.error_code)) {
      return Fail(ErrorCode::kInternal, "answer with an impossible error");
    }
    return TargetAnswer{
        message.target,
        Fail(static_cast<ErrorCode>(message.error_code), PrintableText(message.detail)),
        comparison};
  }
  // Subtracted, because the sum could overflow.
  const bool within = message.result_offset <= bounds.output_bytes &&
                      message.result_bytes <= bounds.output_bytes - message.result_offset;
  if (message.result_bytes == 0 || !within) {
    return Fail(ErrorCode::kInternal, "answer with an impossible length");
  }
  const std::optional<ImageFormat> format = FormatFromNumber(message.format);
  if (!format) return Fail(ErrorCode::kInternal, "answer with an unknown format");
  const bool size_ok = message.width >= 1 && message.width <= kMaxResultSide &&
                       message.height >= 1 && message.height <= kMaxResultSide;
  if (!size_ok) return Fail(ErrorCode::kInternal, "answer with an impossible size");
  return TargetAnswer{message.target,
                      ResultFacts{.offset = message.result_offset,
                                  .bytes = message.result_bytes,
                                  .format = *format,
                                  .size = {message.width, message.height}},
                      comparison};
}

VersionText VersionTextOf(std::string_view version) {
  return FixedText<std::tuple_size_v<VersionText>>(version);
}

}  // namespace thimble
