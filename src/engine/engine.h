// From an original's bytes to encoded results: open -> plan -> rows -> orient -> encode.
//
// Several targets of one original share its decoding, and each gets the bytes that it would get
// alone: targets whose plans decode at one scale are fed by one decode, and the decodes at
// different scales share what the decoder lets them.
//
// Pure computation in the caller's memory: it opens nothing and keeps nothing, so it runs under the
// strictest sandbox. Thread-safety: independent calls may run at once. Errors: those of codec/ and
// plan/plan.h.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "image/image_format.h"
#include "image/limits.h"
#include "image/size.h"
#include "spec/transform_spec.h"

namespace thimble {

struct ResizeOutcome {
  std::size_t bytes = 0;  // written from the start of the room
  ImageFormat format = ImageFormat::kJpeg;
  Size size;  // upright
};

// Where the results go, one after the other.
class ResultSink {
 public:
  virtual ~ResultSink() = default;
  // Where the next result is to be written; its size bounds the result (kResultTooLarge).
  virtual MutableByteSpan Room() = 0;
  // Once for every target, as soon as it is known. An outcome's bytes are in the last Room().
  virtual void Deliver(std::size_t target, Expected<ResizeOutcome> outcome) = 0;
};

// Target i is `targets[i]`; the order of delivery is from coarse to fine decodes. A failure that is
// one target's own leaves the others untouched. What sharing a decode can change is memory: it is
// used by all at once, so that kImageTooCostly and kResultTooLarge (where targets share the room)
// may not befall a target alone.
void ResizePictures(ByteSpan source, std::span<const TransformSpec> targets,
                    const PictureLimits& limits, ResultSink& results);

// A single target, into `out`.
Expected<ResizeOutcome> ResizePicture(ByteSpan source, const TransformSpec& spec,
                                      const PictureLimits& limits, MutableByteSpan out);

// Decodes and encodes a tiny built-in picture of every format, so that a zygote's children find
// tables and code warm.
Status WarmUpEngine();

// The libraries that results depend on, with their versions: printable ASCII.
std::string EngineLibraries();

}  // namespace thimble
