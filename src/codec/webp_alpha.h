// The ALPH chunk of a lossy WebP picture, lossless: a filter chosen from an estimate, then
// libwebp's lossless coder at an effort of its own.
//
// libwebp left alone spends as much on alpha as its `method` says for the colours, and codes the
// plane once with a filter and once without: twice the time of the colours at method 4.
//
// Thread-safety: pure. Ownership: the result owns its bytes. Errors: kImageTooCostly without
// memory.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "image/plane.h"

namespace thimble {

// The chunk's payload. REQUIRES sides of at most 16383.
Expected<std::vector<std::uint8_t>> EncodeWebpAlpha(PlaneView alpha);

}  // namespace thimble
