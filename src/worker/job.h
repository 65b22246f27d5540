// A picture that a worker is asked to make, and what comes of it.
//
// Thread-safety: values. Ownership: a job shares its original.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/memfd.h"
#include "image/image_format.h"
#include "image/limits.h"
#include "image/size.h"
#include "transform/transform_spec.h"
#include "worker/decoder_comparison.h"

namespace thimble {

struct Job {
  TransformSpec spec;
  PictureLimits limits;
  std::shared_ptr<const SealedBytes> source;
};

struct JobOutput {
  std::vector<std::uint8_t> bytes;
  ImageFormat format = ImageFormat::kJpeg;
  Size size;
  std::chrono::microseconds queued{0};
  std::chrono::microseconds processed{0};  // from hand-over to reply
  DecoderComparison comparison = DecoderComparison::kNone;
};

}  // namespace thimble
