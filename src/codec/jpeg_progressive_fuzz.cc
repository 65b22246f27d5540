// Whatever the bytes, the project's own decoder of progressive JPEGs finds the coefficients that
// libjpeg-turbo finds without a warning, or leaves the picture to it.
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/error.h"
#include "codec/jpeg_coefficients.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t kMaxPixels = 1 << 18;
  thimble::JpegHeader header({data, size});
  if (!header.is_good()) return 0;
  const jpeg_decompress_struct& libjpeg = header.libjpeg();
  if (std::int64_t{libjpeg.image_width} * libjpeg.image_height > kMaxPixels) return 0;
  if (libjpeg.data_precision != 8) return 0;
  const std::optional<thimble::JpegCoefficients> own = header.ReadByOwn();
  if (own) THIMBLE_CHECK(own == header.ReadByLibjpeg());
  return 0;
}
