// What will be done: every number of one job, complete and immutable, made by a pure function.
//
// MakePlan joins what was asked (TransformSpec) with what the picture is (SourceInfo). Stages
// receive the numbers they need from it and never compute their own. Sizes are in the *stored*
// orientation until `orientation` is applied to the small result, except `output`, which is
// upright.
//
// Errors: kTooManyPixels, kDimensionTooLarge for the source; kResultTooLarge for a result over the
// same limits.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "image/decode_scale.h"
#include "image/limits.h"
#include "image/source_info.h"
#include "spec/transform_spec.h"

namespace thimble {

// How samples reach the encoder.
enum class ColorPath : std::uint8_t {
  kPlanes,  // the source's own planes are resampled to the encoder's sizes; at most a table a plane
            // is applied
  kConvert,  // planes are resampled to full result size, converted to sRGB, then to the target
             // model
};

struct Plan {
  DecodeScale decode_scale;
  Region crop;  // the used part of the source, in source pixels
  Size result;  // after resampling, stored orientation
  Orientation orientation = Orientation::kUpright;
  Size output;  // after orientation: what the client gets
  ColorPath color_path = ColorPath::kPlanes;
  ColorModel target_model = ColorModel::kYCbCr;  // what the encoder is given
  bool target_has_alpha = false;                 // false with an alpha source: flattened on white
  ChromaSubsampling target_chroma;               // upright
  ImageFormat format = ImageFormat::kJpeg;
  JpegQuality jpeg_quality;
  WebpQuality webp_quality;
  friend bool operator==(const Plan&, const Plan&) = default;
};

// The chroma subsampling of the resampled planes in stored orientation (the plan's own is upright);
// {1, 1} when the plan converts colours, which needs all planes at full result size.
ChromaSubsampling ResampledChroma(const Plan& plan);

// A profile in `info` means one that has to be converted: callers clear it where it is sRGB anyway.
Expected<Plan> MakePlan(const TransformSpec& spec, const SourceInfo& info,
                        const PictureLimits& limits);

}  // namespace thimble
