// Pictures and profiles for this folder's tests, made on the spot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "image/plane.h"

namespace thimble {

// A picture whose samples are value(plane, x, y).
using SampleFunction = std::function<int(std::size_t plane, int x, int y)>;
PlanarImage PictureOf(ColorModel model, Size size, bool has_alpha, const SampleFunction& value);

// Well-mixed sample values that are the same in every run.
int NoiseSample(std::size_t plane, int x, int y);

using ProfileBytes = std::vector<std::uint8_t>;
ProfileBytes SrgbProfile();
ProfileBytes DisplayP3Profile();  // sRGB's tone curve
ProfileBytes AdobeRgbProfile();   // gamma 563/256
ProfileBytes GrayProfile(double gamma);
// Tables whose colours are exactly what the plain formula makes of inks; `grid_points` a side.
ProfileBytes PlainCmykProfile(unsigned grid_points);
// Tables that exchange red and blue.
ProfileBytes SwappingRgbProfile();

}  // namespace thimble
