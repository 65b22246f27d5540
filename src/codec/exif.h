// The orientation from an EXIF block, and nothing else: tag 0x0112 of IFD0 (TIFF 6.0; JEITA
// CP-3451).
//
// Read as Chromium reads it: both byte orders; the first entry that is one SHORT with a value of 1
// to 8. Bounded, without recursion. Anything odd means upright.
#pragma once

#include "base/bytes.h"
#include "image/orientation.h"

namespace thimble {

// `tiff` starts at the TIFF header ("II*\0" or "MM\0*").
Orientation OrientationFromExifBlock(ByteSpan tiff);

// What follows the label of a JPEG's EXIF segment, "Exif", 0 and any byte; the block itself without
// a label. Some WebP files have the label, too.
ByteSpan WithoutExifLabel(ByteSpan block);

}  // namespace thimble
