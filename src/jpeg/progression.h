// Whether a progressive JPEG's scans come in an order that the standard allows (ISO 10918-1,
// G.1.1.1), so that each adds to what is there.
//
// Thread-safety: pure functions.
#pragma once

#include "jpeg/progressive_picture.h"

namespace thimble {

// Also: every component has its DC coefficients, and no coefficient comes twice.
bool IsLegalProgression(const ProgressivePicture& picture);

}  // namespace thimble
