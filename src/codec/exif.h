// The orientation from an EXIF block, and nothing else: tag 0x0112 of IFD0 (TIFF 6.0; JEITA
// CP-3451).
//
// Bounded, without recursion, both byte orders; SHORT and LONG values. Anything odd means upright.
#pragma once

#include "base/bytes.h"
#include "image/orientation.h"

namespace thimble {

// `tiff` starts at the TIFF header ("II*\0" or "MM\0*"); a leading "Exif\0\0" is skipped.
Orientation OrientationFromExifBlock(ByteSpan tiff);

}  // namespace thimble
