#include "worker/shadow.h"

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

namespace thimble {
namespace {

class OneResult final : public ResultSink {
 public:
  explicit OneResult(MutableByteSpan room) : room_(room) {}

  MutableByteSpan Room() override { return room_; }
  void Deliver(std::size_t, Expected<ResizeOutcome> outcome) override {
    outcome_ = std::move(outcome);
  }
  const std::optional<Expected<ResizeOutcome>>& outcome() const { return outcome_; }

 private:
  MutableByteSpan room_;
  std::optional<Expected<ResizeOutcome>> outcome_;
};

bool IsJpeg(ByteSpan source) {
  return source.size() >= 2 && source[0] == 0xFF && source[1] == 0xD8;
}

// libjpeg-turbo holds all coefficients of a picture: it may fail where ours does not.
bool IsForLackOfRoom(ErrorCode code) {
  return code == ErrorCode::kImageTooCostly || code == ErrorCode::kResultTooLarge;
}

}  // namespace

DecoderComparison CompareDecoders(ResizeFunction resize, ByteSpan source, const BatchOrder& order,
                                  const AnswerMessage& answer, ByteSpan output,
                                  MutableByteSpan room) {
  if (!IsJpeg(source)) return DecoderComparison::kNone;
  PictureLimits limits = order.limits;
  limits.jpeg_method =
      limits.jpeg_method == JpegMethod::kFastest ? JpegMethod::kLibjpeg : JpegMethod::kFastest;
  OneResult result(room);
  try {
    resize(source, {&order.targets[answer.target], 1}, limits, result);
  } catch (const std::bad_alloc&) {
    return DecoderComparison::kNone;
  }
  if (!result.outcome()) return DecoderComparison::kNone;
  const Expected<ResizeOutcome>& other = *result.outcome();
  const auto code = static_cast<ErrorCode>(answer.error_code);
  const bool has_failed = answer.error_code != 0;
  if ((!other && IsForLackOfRoom(other.error().code)) || (has_failed && IsForLackOfRoom(code))) {
    return DecoderComparison::kNone;
  }
  if (!other || has_failed) {
    const bool is_same = !other && has_failed && other.error().code == code;
    return is_same ? DecoderComparison::kSame : DecoderComparison::kOtherVerdict;
  }
  const ByteSpan made = output.subspan(answer.result_offset, answer.result_bytes);
  const ByteSpan again = ByteSpan(room).first(other->bytes);
  return std::ranges::equal(made, again) ? DecoderComparison::kSame
                                         : DecoderComparison::kOtherBytes;
}

}  // namespace thimble
