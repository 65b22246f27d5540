// Whatever the bytes, what libjpeg-turbo can read our own decoder delivers alike, and a scale gets
// the same together with others as alone. The last byte chooses the decode scale.
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "codec/jpeg_delivery.h"

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
  // libjpeg-turbo reads all of a file before it hands anything on, and fails for what follows the
  // picture, for scans that an eighth does not need, and without what came before the damage.
  THIMBLE_CHECK(alone == libjpegs || libjpegs.failure.has_value());
  const std::array<thimble::DecodeScale, 5> scales = {scale, {8, 8}, {4, 4}, {2, 2}, {1, 1}};
  const auto together = thimble::DeliverJpegTogether(source, scales, kLimits, kMaxPixels);
  THIMBLE_CHECK(!together || together->front() == alone);
  return 0;
}
