// The oracles of the tests: what PlaneResampler and AlphaResampler approximate, written to be
// obviously right and not to be fast. Double precision, the whole plane at once, rounded once at
// the very end.
#pragma once

#include <cstdint>

#include "image/plane.h"
#include "resample/axis_map.h"

namespace thimble {

// Both maps valid and the plane's size equal to their in_size.
Plane ResampleReference(PlaneView in, const AxisMap& horizontal, const AxisMap& vertical);

// The samples of a plane that lies under `alpha`; `neutral` where the result has no alpha. Where it
// is not opaque they stay in the range of all visible samples, which is a wider one than that of
// the squares nearby.
Plane ResampleReferenceUnderAlpha(PlaneView in, PlaneView alpha, std::uint8_t neutral,
                                  const AxisMap& horizontal, const AxisMap& vertical);

}  // namespace thimble
