// Is a profile's skeleton sound? A look at the header and the tag table (ICC.1:2022, 7.2 and 7.3)
// before the colour library is given bytes that strangers wrote.
//
// Thread-safety: pure functions.
#pragma once

#include "base/bytes.h"
#include "image/color_model.h"

namespace thimble {

// The profile without what follows its end; empty when it is no usable profile for colours of
// `model`: wrong signature, size (at most 4 MiB), class or colour space, or a tag outside of it.
// YCbCr counts as RGB and YCCK as CMYK, since they are codings of those. A gray picture can have a
// profile of RGB: its grays are what that says of equal R, G and B.
ByteSpan UsableIccProfile(ByteSpan bytes, ColorModel model);

// REQUIRES a usable profile.
bool IsProfileOfRgb(ByteSpan profile);

}  // namespace thimble
