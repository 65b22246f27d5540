// Where each plane's output samples lie in its input, so that nothing shifts: half-pixel correct
// for subsampled chroma, scaled decodes, crops, and chroma of odd sizes that will be mirrored
// afterwards.
//
// Thread-safety: pure functions.
#pragma once

#include "codec/decoder.h"
#include "plan/plan.h"
#include "resample/resampler.h"

namespace thimble {

struct PlaneMap {
  AxisMap horizontal;
  AxisMap vertical;
};

// `subsampling` is {1, 1} for every plane but Cb and Cr.
PlaneMap MapPlane(const Plan& plan, const PlaneLayout& layout, ChromaSubsampling subsampling);

}  // namespace thimble
