// Whatever the bytes, the project's own decoder and libjpeg-turbo deliver the same samples and fail
// alike, and a scale gets the same in company as alone. The last byte chooses the decode scale.
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "codec/jpeg_delivery.h"

namespace {

bool IsMultiPass(thimble::ByteSpan source) {
  const auto decoder = thimble::OpenJpegDecoder(source, {});
  return decoder && (*decoder)->info().multi_pass;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using thimble::JpegMethod;
  constexpr thimble::PictureLimits kLimits = {.max_jpeg_scans = 20, .max_icc_bytes = 64 * 1024};
  constexpr std::int64_t kMaxPixels = 1 << 18;
  constexpr std::array<thimble::DecodeScale, 7> kScales = {
      {{8, 8}, {4, 4}, {2, 2}, {1, 1}, {5, 3}, {1, 2}, {6, 1}}};
  if (size == 0) return 0;
  const thimble::ByteSpan source(data, size);
  const thimble::DecodeScale scale = kScales[source.back() % kScales.size()];
  const thimble::JpegDelivery alone =
      thimble::DeliverJpeg(JpegMethod::kFastest, source, scale, kLimits, kMaxPixels);
  const thimble::JpegDelivery libjpegs =
      thimble::DeliverJpeg(JpegMethod::kLibjpeg, source, scale, kLimits, kMaxPixels);
  // Scans that an eighth of a progressive picture does not need are not looked at, whole or not.
  const bool may_have_seen_less = libjpegs.failure.has_value() && IsMultiPass(source);
  THIMBLE_CHECK(alone == libjpegs || may_have_seen_less);
  const std::array<thimble::DecodeScale, 5> company = {scale, {8, 8}, {4, 4}, {2, 2}, {1, 1}};
  const auto together = thimble::DeliverJpegTogether(source, company, kLimits, kMaxPixels);
  THIMBLE_CHECK(!together || together->front() == alone);
  return 0;
}
