#include "engine/engine.h"

#include <memory>
#include <new>
#include <utility>

#include "codec/decoder.h"
#include "codec/encoder.h"
#include "color/color.h"
#include "engine/orient.h"
#include "engine/resample_sink.h"
#include "engine/target_color.h"
#include "transform/plan.h"

namespace thimble {
namespace {

// Most profiles in the wild are sRGB under some name; without them the planes need no conversion.
SourceInfo WithoutNeedlessProfile(SourceInfo info) {
  if (IsEffectivelySrgb(info.icc_profile, info.model)) info.icc_profile.clear();
  return info;
}

Expected<PlanarImage> DecodeSmall(Decoder& decoder, const SourceInfo& info, const Plan& plan) {
  THIMBLE_TRY(const std::vector<PlaneLayout> layouts, decoder.Start(plan.decode_scale));
  THIMBLE_TRY(ResampleSink sink, ResampleSink::Create(plan, info, layouts));
  if (Status decoded = decoder.Decode(sink); !decoded) return Forward(decoded);
  return std::move(sink).TakePicture();
}

Expected<std::size_t> Encode(const PlanarImage& picture, const Plan& plan, MutableByteSpan out) {
  switch (plan.format) {
    case ImageFormat::kJpeg: return EncodeJpeg(picture, plan.jpeg_quality, out);
    case ImageFormat::kPng: return EncodePng(picture, out);
    case ImageFormat::kWebp: return EncodeWebp(picture, plan.webp_quality, out);
  }
  return Fail(ErrorCode::kInternal, "no encoder");
}

Expected<ResizeOutcome> Resize(ByteSpan source, const TransformSpec& spec,
                               const PictureLimits& limits, MutableByteSpan out) {
  THIMBLE_TRY(const std::unique_ptr<Decoder> decoder, OpenDecoder(source, limits));
  const SourceInfo info = WithoutNeedlessProfile(decoder->info());
  THIMBLE_TRY(const Plan plan, MakePlan(spec, info, limits));
  THIMBLE_TRY(PlanarImage picture, DecodeSmall(*decoder, info, plan));
  THIMBLE_TRY(picture, TurnUpright(std::move(picture), plan.orientation));
  THIMBLE_TRY(picture, ToTargetColor(std::move(picture), plan, info.icc_profile));
  THIMBLE_TRY(const std::size_t bytes, Encode(picture, plan, out));
  return ResizeOutcome{bytes, plan.format, plan.output};
}

}  // namespace

Expected<ResizeOutcome> ResizePicture(ByteSpan source, const TransformSpec& spec,
                                      const PictureLimits& limits, MutableByteSpan out) {
  try {
    return Resize(source, spec, limits, out);
  } catch (const std::bad_alloc&) {  // from containers; workers run under a memory limit
    return Fail(ErrorCode::kImageTooCostly, "no memory");
  }
}

}  // namespace thimble
