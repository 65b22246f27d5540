// Bounds on one picture, checked from its header before any pixel is decoded, with the attack each
// stops.
#pragma once

#include <cstdint>

namespace thimble {

// Who reads the coefficients of JPEGs: the project's own code where it can, or libjpeg-turbo
// always. The pictures are the same.
enum class JpegMethod : std::uint8_t { kFastest, kLibjpeg };

struct PictureLimits {
  std::int64_t max_pixels = 50'000'000;  // decompression bombs: a few bytes that claim gigabytes
  std::int32_t max_side = 16'384;        // degenerate strips that make row buffers huge
  std::int32_t max_jpeg_scans =
      500;  // progressive bombs: 3,000 scans of a small file cost 20 s of CPU
  std::int64_t max_icc_bytes =
      4 * 1024 * 1024;  // profile bombs; larger profiles are ignored, not refused
  // Not a limit, but passed on together with them: for an operator who does not trust our reader.
  JpegMethod jpeg_method = JpegMethod::kFastest;
  friend bool operator==(const PictureLimits&, const PictureLimits&) = default;
};

}  // namespace thimble
