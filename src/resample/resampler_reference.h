// The oracle of the tests: what PlaneResampler approximates, written to be obviously right and not
// to be fast. Double precision, the whole plane at once, rounded once at the very end.
#pragma once

#include "image/plane.h"
#include "resample/axis_map.h"

namespace thimble {

// Both maps valid and the plane's size equal to their in_size.
Plane ResampleReference(PlaneView in, const AxisMap& horizontal, const AxisMap& vertical);

}  // namespace thimble
