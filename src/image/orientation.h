// The eight EXIF orientations (tag 0x0112; JEITA CP-3451): how stored pixels must be turned to
// stand upright.
#pragma once

#include <cstdint>

namespace thimble {

enum class Orientation : std::uint8_t {
  kUpright = 1,
  kMirrorHorizontal = 2,
  kRotate180 = 3,
  kMirrorVertical = 4,
  kTranspose = 5,   // mirrored along the main diagonal
  kRotate90 = 6,    // the stored picture must be turned 90 degrees clockwise
  kTransverse = 7,  // mirrored along the other diagonal
  kRotate270 = 8,   // 90 degrees counter-clockwise
};

constexpr bool SwapsSides(Orientation orientation) {
  return static_cast<std::uint8_t>(orientation) >= 5;
}

// Anything but 1-8 counts as upright, as browsers do.
constexpr Orientation OrientationFromExif(std::uint32_t value) {
  return value >= 1 && value <= 8 ? static_cast<Orientation>(value) : Orientation::kUpright;
}

}  // namespace thimble
