// Turning a finished small picture upright.
//
// Thread-safety: pure. Errors: kImageTooCostly without memory.
#pragma once

#include "image/orientation.h"
#include "image/plane.h"

namespace thimble {

// Applies `orientation` to every plane; kUpright returns the picture as it is. Chroma planes turn
// with the picture, so their subsampling swaps where the sides swap.
Expected<PlanarImage> TurnUpright(PlanarImage picture, Orientation orientation);

}  // namespace thimble
