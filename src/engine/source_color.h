// What an opened original's colours are, in the one form that the rest of the engine knows: a
// profile, or none for sRGB.
//
// Thread-safety: as the decoder.
#pragma once

#include "codec/decoder.h"
#include "image/source_info.h"

namespace thimble {

// The decoder's info, with what is left to be converted as the profile. Tells the decoder how to
// reduce deep samples; so before Start.
SourceInfo PrepareColor(Decoder& decoder);

}  // namespace thimble
