// From the source's colours to what the encoder is given. Works on the small, upright picture.
//
// Thread-safety: pure. Errors: kImageTooCostly without memory.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "image/plane.h"
#include "plan/plan.h"

namespace thimble {

// `icc_profile` is empty when the source's colours are sRGB already.
Expected<PlanarImage> ToTargetColor(PlanarImage picture, const Plan& plan, ByteSpan icc_profile);

}  // namespace thimble
