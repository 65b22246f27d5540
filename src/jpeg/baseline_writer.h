// Writes planes as a baseline JPEG file (JFIF) with optimal Huffman codes: with Rounding::kNearest
// byte for byte what libjpeg-turbo writes, in less time. It gathers statistics where libjpeg-turbo
// would transform, store and walk all coefficients a second time without SIMD.
//
// Thread-safety: none. Errors: kResultTooLarge when `out` is full or a side is longer than the
// format can say; kImageTooCostly without memory.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "image/plane.h"
#include "image/quality.h"
#include "image/size.h"
#include "jpeg/fdct.h"

namespace thimble {

struct BaselinePicture {
  Size size;
  // One plane, gray, or three: luma at full size, and chroma at ceil(size / factor).
  std::span<const Plane> planes;
  int chroma_factor_x = 1;  // 1 or 2
  int chroma_factor_y = 1;
  Rounding rounding = Rounding::kThrifty;
};

// Returns the bytes written.
Expected<std::size_t> WriteBaselineJpeg(const BaselinePicture& picture, JpegQuality quality,
                                        MutableByteSpan out);

}  // namespace thimble
