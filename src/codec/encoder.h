// Encoding a finished small picture into the caller's buffer. No metadata is written: results are
// sRGB.
//
// Errors: kResultTooLarge when `out` is too small; kImageTooCostly without memory.
// Returns the number of bytes written from the start of `out`.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/error.h"
#include "image/plane.h"
#include "image/quality.h"

namespace thimble {

// REQUIRES model kGray or kYCbCr, any chroma subsampling of {1,2}x{1,2}, no alpha. Planes are
// encoded as they are.
Expected<std::size_t> EncodeJpeg(const PlanarImage& picture, JpegQuality quality,
                                 MutableByteSpan out);

// REQUIRES model kGray or kRgb, with or without alpha.
Expected<std::size_t> EncodePng(const PlanarImage& picture, MutableByteSpan out);

// REQUIRES model kYCbCrLimited with chroma {2,2}, or kRgb; with or without alpha. What is fully
// transparent should look like what is around it: it is coded as well, and with loss.
Expected<std::size_t> EncodeWebp(const PlanarImage& picture, WebpQuality quality,
                                 MutableByteSpan out);

}  // namespace thimble
