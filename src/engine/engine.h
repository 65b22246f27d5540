// One job, from an original's bytes to an encoded result: open -> plan -> rows -> orient -> encode.
//
// Pure computation in the caller's memory: it opens nothing and keeps nothing, so it runs under the
// strictest sandbox. Thread-safety: independent calls may run at once. Errors: those of codec/ and
// transform/plan.h.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/error.h"
#include "image/image_format.h"
#include "image/limits.h"
#include "image/size.h"
#include "transform/transform_spec.h"

namespace thimble {

struct ResizeOutcome {
  std::size_t bytes = 0;  // written from the start of `out`
  ImageFormat format = ImageFormat::kJpeg;
  Size size;  // upright
};

// `out` bounds the result (kResultTooLarge).
Expected<ResizeOutcome> ResizePicture(ByteSpan source, const TransformSpec& spec,
                                      const PictureLimits& limits, MutableByteSpan out);

// Decodes and encodes a tiny built-in picture of every format, so that a zygote's children find
// tables and code warm.
Status WarmUpEngine();

}  // namespace thimble
