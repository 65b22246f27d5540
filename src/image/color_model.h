// Which quantities a picture's planes hold, and how its chroma planes are reduced.
#pragma once

#include <cstddef>
#include <cstdint>

namespace thimble {

enum class ColorModel : std::uint8_t {
  kGray,          // Y
  kYCbCr,         // JPEG (JFIF): BT.601, all 256 values used
  kYCbCrLimited,  // WebP: BT.601, luma 16-235, chroma 16-240
  kRgb,           //
  kCmyk,          // 255 = full ink
  kYcck,          // the inks C, M, Y coded as YCbCr, and K: Adobe's CMYK JPEG (255 = full ink)
};

// Colour planes of a model; an alpha plane, if there is one, follows as the last.
constexpr std::size_t ColorPlaneCount(ColorModel model) {
  switch (model) {
    case ColorModel::kGray: return 1;
    case ColorModel::kYCbCr:
    case ColorModel::kYCbCrLimited:
    case ColorModel::kRgb: return 3;
    case ColorModel::kCmyk:
    case ColorModel::kYcck: return 4;
  }
  return 0;
}

// Luma samples for one chroma sample, a side: {2, 2} is 4:2:0, {2, 1} 4:2:2, {1, 2} 4:4:0, {1, 1}
// 4:4:4.
struct ChromaSubsampling {
  int horizontal = 1;
  int vertical = 1;
  friend bool operator==(const ChromaSubsampling&, const ChromaSubsampling&) = default;
};

}  // namespace thimble
