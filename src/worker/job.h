// A picture that a worker is asked to make, and what comes of it.
//
// Thread-safety: values. Ownership: a job shares its original.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/memfd.h"
#include "image/image_format.h"
#include "image/limits.h"
#include "image/size.h"
#include "spec/transform_spec.h"
#include "worker/decoder_comparison.h"

namespace thimble {

struct Job {
  TransformSpec spec;
  PictureLimits limits;
  std::shared_ptr<const SealedBytes> source;
  // How long a worker may work on it, not counting the time in the queue. Then the worker is ended.
  std::chrono::milliseconds work_limit{60'000};
};

struct JobOutput {
  std::vector<std::uint8_t> bytes;
  ImageFormat format = ImageFormat::kJpeg;
  Size size;
  std::chrono::microseconds queued{0};
  std::chrono::microseconds processed{0};  // from hand-over to reply
  std::chrono::microseconds worked{0};     // of that, for this job and not for others of its batch
  DecoderComparison comparison = DecoderComparison::kNone;
};

// Why a job gave no picture.
struct JobFailure : Error {
  // Implicit, so that what fails with an Error alone can be returned as it is.
  JobFailure(Error why) : Error(std::move(why)) {}  // NOLINT(google-explicit-constructor)
  JobFailure(Error why, bool worker_lost) : Error(std::move(why)), cost_a_worker(worker_lost) {}

  // A worker died because of this job, or was ended because the job took too long; no other cause
  // is possible.
  bool cost_a_worker = false;
};

using JobResult = tl::expected<JobOutput, JobFailure>;

}  // namespace thimble
