// sRGB's tone curve (IEC 61966-2-1), of samples and light from 0 to 1.
#pragma once

#include <cmath>

namespace thimble {

inline double LinearFromSrgb(double encoded) {
  return encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4);
}

// The light at which sRGB's 8-bit samples change from `sample` to the next one.
inline double BorderAboveSample(int sample) { return LinearFromSrgb((sample + 0.5) / 255); }

}  // namespace thimble
