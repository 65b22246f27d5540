// Planes and one-call resampling for this folder's tests.
#pragma once

#include <cstdint>

#include "image/plane.h"
#include "resample/axis_map.h"

namespace thimble {

// The whole of an axis of `in_size` samples on `out_size`.
AxisMap WholeAxis(int in_size, int out_size);

Plane ConstantPlane(Size size, int value);
// Every sample independent: 0-255, with the extremes as likely as all others together.
Plane NoisePlane(Size size, std::uint32_t seed);
// Rings that become finer outwards, black and white bars, and a ramp.
Plane ChartPlane(Size size);
// A white disc in the middle of a black plane, its edge antialiased.
Plane DiscPlane(Size size, double radius);

// Pushes all of `in`, `band_rows` rows at a time.
Plane Resample(PlaneView in, const AxisMap& horizontal, const AxisMap& vertical,
               int band_rows = 16);

}  // namespace thimble
