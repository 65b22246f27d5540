#include "worker/protocol.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

#include "base/memfd.h"

namespace thimble {
namespace {

template <std::size_t kWidth>
std::array<char, kWidth> FixedText(std::string_view text) {
  std::array<char, kWidth> fixed{};
  std::copy_n(text.begin(), std::min(text.size(), kWidth), fixed.begin());
  return fixed;
}

// A hostile worker must not forge lines of the server's log.
template <std::size_t kWidth>
std::string PrintableText(const std::array<char, kWidth>& fixed) {
  std::string text(fixed.begin(), std::find(fixed.begin(), fixed.end(), '\0'));
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

// What the engine may say: the picture is at fault, or a bug of ours. The rest is for others.
bool IsEngineVerdict(std::uint16_t number) {
  if (!IsKnownErrorCode(number)) return false;
  const auto code = static_cast<ErrorCode>(number);
  const bool about_picture =
      code >= ErrorCode::kUnsupportedFormat && code <= ErrorCode::kResultTooLarge;
  return (about_picture && code != ErrorCode::kWorkerDied) || code == ErrorCode::kInternal;
}

// What follows the text's end has to be zeros: two messages that say the same are the same.
Expected<TransformSpec> SpecFrom(const SpecText& fixed) {
  const auto* const end = std::find(fixed.begin(), fixed.end(), '\0');
  if (std::any_of(end, fixed.end(), [](char c) { return c != '\0'; })) {
    return Fail(ErrorCode::kInternal, "batch: more than a target's text");
  }
  const auto spec = ParseCanonicalText({fixed.begin(), end});
  if (!spec) return Fail(ErrorCode::kInternal, "batch: a target's text is not canonical");
  return *spec;
}

// Both sides run this: the sender to find its own bugs, the receiver because it must.
Status CheckBatch(const BatchMessage& m) {
  if (m.target_count < 1 || m.target_count > kMaxTargets) {
    return Fail(ErrorCode::kInternal, "batch: number of targets out of range");
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
  if (Status s = CheckBatch(message); !s) return Forward(s);
  for (std::size_t i = 0; i < order.targets.size(); ++i) {
    if (!IsValid(order.targets[i])) return Fail(ErrorCode::kInternal, "batch: no such target");
    message.targets[i] = FixedText<kMaxSpecText>(CanonicalText(order.targets[i]));
  }
  return message;
}

Expected<BatchOrder> DecodeBatch(const BatchMessage& message) {
  if (Status s = CheckBatch(message); !s) return Forward(s);
  BatchOrder order;
  order.batch_id = message.batch_id;
  for (const SpecText& target : std::span(message.targets).first(message.target_count)) {
    THIMBLE_TRY(const TransformSpec spec, SpecFrom(target));
    order.targets.push_back(spec);
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

LibrariesText LibrariesTextOf(std::string_view libraries) {
  return FixedText<sizeof(LibrariesText)>(libraries);
}

std::string LibrariesFrom(const LibrariesText& text) { return PrintableText(text); }

}  // namespace thimble
