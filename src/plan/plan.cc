#include "plan/plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace thimble {
namespace {

// At scaled decode the DCT does part of the shrinking, less well than Lanczos3. This much at least
// is left to the resampler: 46-56 dB of PSNR against a full decode on photographs, far above what
// the result's own coding leaves (30-37 dB at quality 80).
constexpr double kLeastShrinkAfterScaledDecode = 1.25;
// An eighth takes half the time of a quarter, because nothing but DC has to be read, and a part of
// what it blurs is made up for (engine/geometry.cc).
constexpr double kLeastShrinkAfterAnEighth = 1.125;
// Where a fine pattern would come out as moiré (docs/decisions/0011).
constexpr double kLeastShrinkOfFinePattern = 3;
constexpr std::int32_t kFullScale = 8;  // eighths

// From here on libjpeg's users (libvips among them) keep full chroma.
constexpr std::int32_t kFullChromaQuality = 90;

struct Geometry {
  Region crop;  // upright
  Size output;  // upright
};

int RoundedSide(double side) { return static_cast<int>(std::max(1.0, std::round(side))); }

Geometry Contain(const TransformSpec& spec, Size source) {
  const double by_width = spec.width > 0 ? double{1} * spec.width / source.width : HUGE_VAL;
  const double by_height = spec.height > 0 ? double{1} * spec.height / source.height : HUGE_VAL;
  double scale = std::min(by_width, by_height);
  if (!spec.enlarge) scale = std::min(scale, 1.0);
  // Clamped in floating point first: a strip that is enlarged can pass what an int holds.
  const auto side = [scale](int length) { return RoundedSide(std::min(length * scale, 1e9)); };
  return {{0, 0, double(source.width), double(source.height)},
          {side(source.width), side(source.height)}};
}

Geometry Cover(const TransformSpec& spec, Size source) {
  double box_width = spec.width;
  double box_height = spec.height;
  double scale = std::max(box_width / source.width, box_height / source.height);
  if (scale > 1 && !spec.enlarge) {  // keep the box's shape, in the source's own pixels
    box_width /= scale;
    box_height /= scale;
    scale = 1;
  }
  const double crop_width = std::min(box_width / scale, double(source.width));
  const double crop_height = std::min(box_height / scale, double(source.height));
  const Region crop = {(source.width - crop_width) / 2, (source.height - crop_height) / 2,
                       crop_width, crop_height};
  return {crop, {RoundedSide(box_width), RoundedSide(box_height)}};
}

Geometry Fill(const TransformSpec& spec, Size source) {
  double box_width = spec.width;
  double box_height = spec.height;
  const double scale = std::max(box_width / source.width, box_height / source.height);
  if (scale > 1 && !spec.enlarge) {  // keep the box's shape
    box_width /= scale;
    box_height /= scale;
  }
  return {{0, 0, double(source.width), double(source.height)},
          {RoundedSide(box_width), RoundedSide(box_height)}};
}

Geometry UprightGeometry(const TransformSpec& spec, Size upright_source) {
  const bool has_box = spec.width > 0 && spec.height > 0;
  if (has_box && spec.fit == Fit::kCover) return Cover(spec, upright_source);
  if (has_box && spec.fit == Fit::kFill) return Fill(spec, upright_source);
  return Contain(spec, upright_source);
}

// Pixels that a file of the format can have a side.
std::int32_t LargestSideOf(ImageFormat format) {
  constexpr std::int32_t kAny = std::numeric_limits<std::int32_t>::max();
  switch (format) {
    case ImageFormat::kJpeg: return 65'535;
    case ImageFormat::kPng: return kAny;
    case ImageFormat::kWebp: return 16'383;
  }
  return kAny;
}

// What was asked for, else the source's own.
ImageFormat ChooseFormat(const TransformSpec& spec, Size output, ImageFormat source_format) {
  const std::optional<ImageFormat> preferred = PreferredFormat(spec);
  if (!preferred) return source_format;
  const bool fits = std::max(output.width, output.height) <= LargestSideOf(*preferred);
  return fits || !spec.auto_format ? *preferred : source_format;
}

Status CheckSize(Size size, const PictureLimits& limits) {
  if (size.width <= 0 || size.height <= 0) return Fail(ErrorCode::kCorruptImage, "empty picture");
  if (size.width > limits.max_side || size.height > limits.max_side)
    return Fail(ErrorCode::kDimensionTooLarge);
  if (size.area() > limits.max_pixels) return Fail(ErrorCode::kTooManyPixels);
  return {};
}

bool IsYCbCr(ColorModel model) {
  return model == ColorModel::kYCbCr || model == ColorModel::kYCbCrLimited;
}

// Never stores more chroma than the source holds: 1 only where a full plane would not have to be
// invented.
ChromaSubsampling ChromaForJpeg(const Plan& plan, const SourceInfo& info) {
  const bool wants_full = plan.jpeg_quality.value >= kFullChromaQuality;
  const auto factor = [wants_full](double shrink, int source_factor) {
    return wants_full && shrink >= source_factor ? 1 : 2;
  };
  const ChromaSubsampling held = IsYCbCr(info.model) ? info.chroma : ChromaSubsampling{1, 1};
  // Held back by a hair: an unscaled picture has a shrink of exactly 1.
  const double shrink_x = plan.crop.width / plan.result.width + 1e-3;
  const double shrink_y = plan.crop.height / plan.result.height + 1e-3;
  const ChromaSubsampling stored = {factor(shrink_x, held.horizontal),
                                    factor(shrink_y, held.vertical)};
  return SwapsSides(plan.orientation) ? ChromaSubsampling{stored.vertical, stored.horizontal}
                                      : stored;
}

void PlanJpeg(const SourceInfo& info, Plan& plan) {
  const bool gray = info.model == ColorModel::kGray;
  plan.target_model = gray ? ColorModel::kGray : ColorModel::kYCbCr;
  plan.target_chroma = gray ? ChromaSubsampling{} : ChromaForJpeg(plan, info);
  if ((gray || IsYCbCr(info.model)) && !info.has_alpha) plan.color_path = ColorPath::kPlanes;
}

void PlanPng(const SourceInfo& info, Plan& plan) {
  plan.target_model = info.model == ColorModel::kGray ? ColorModel::kGray : ColorModel::kRgb;
  plan.target_has_alpha = info.has_alpha;
  if (info.model == plan.target_model) plan.color_path = ColorPath::kPlanes;
}

void PlanWebp(const SourceInfo& info, Plan& plan) {
  plan.target_has_alpha = info.has_alpha;
  plan.target_model = ColorModel::kRgb;
  if (info.model == ColorModel::kRgb) plan.color_path = ColorPath::kPlanes;
  if (IsYCbCr(info.model) && info.icc_profile.empty()) {
    plan.target_model = ColorModel::kYCbCrLimited;
    plan.target_chroma = {2, 2};  // all that lossy WebP can store
    plan.color_path = ColorPath::kPlanes;
  }
}

void PlanColor(const SourceInfo& info, Plan& plan) {
  plan.color_path = ColorPath::kConvert;
  switch (plan.format) {
    case ImageFormat::kJpeg: PlanJpeg(info, plan); break;
    case ImageFormat::kPng: PlanPng(info, plan); break;
    case ImageFormat::kWebp: PlanWebp(info, plan); break;
  }
  if (!info.icc_profile.empty()) plan.color_path = ColorPath::kConvert;
}

// For a plane of which `shrink` samples become one.
std::int32_t EighthsFor(double shrink, bool has_fine_pattern) {
  if (!has_fine_pattern && shrink >= kLeastShrinkAfterAnEighth * kFullScale) return 1;
  const double least_shrink =
      has_fine_pattern ? kLeastShrinkOfFinePattern : kLeastShrinkAfterScaledDecode;
  const double least = least_shrink * kFullScale / shrink;
  return least > kFullScale ? kFullScale : static_cast<std::int32_t>(std::ceil(least));
}

// Chroma is stored with fewer samples than luma, and so it is in most results: its scale follows
// from its own planes.
DecodeScale ChooseDecodeScale(const SourceInfo& info, const Plan& plan) {
  if (info.format != ImageFormat::kJpeg) return {};
  const double shrink_x = plan.crop.width / plan.result.width;
  const double shrink_y = plan.crop.height / plan.result.height;
  const ChromaSubsampling resampled = ResampledChroma(plan);
  return {EighthsFor(std::min(shrink_x, shrink_y), info.has_fine_pattern),
          EighthsFor(std::min(shrink_x * resampled.horizontal / info.chroma.horizontal,
                              shrink_y * resampled.vertical / info.chroma.vertical),
                     info.has_fine_pattern)};
}

}  // namespace

ChromaSubsampling ResampledChroma(const Plan& plan) {
  if (plan.color_path == ColorPath::kConvert) return {1, 1};
  const ChromaSubsampling upright = plan.target_chroma;
  return SwapsSides(plan.orientation) ? ChromaSubsampling{upright.vertical, upright.horizontal}
                                      : upright;
}

Expected<Plan> MakePlan(const TransformSpec& spec, const SourceInfo& info,
                        const PictureLimits& limits) {
  if (Status checked = CheckSize(info.size, limits); !checked) return Forward(checked);
  const bool swap = SwapsSides(info.orientation);
  const Geometry upright = UprightGeometry(spec, swap ? info.size.transposed() : info.size);
  if (!CheckSize(upright.output, limits)) {
    return Fail(ErrorCode::kResultTooLarge,
                "over the limits of one picture: " + std::to_string(upright.output.width) + "x" +
                    std::to_string(upright.output.height));
  }

  Plan plan;
  plan.orientation = info.orientation;
  plan.output = upright.output;
  plan.result = swap ? upright.output.transposed() : upright.output;
  const Region& crop = upright.crop;  // centred, so that mirroring leaves it where it is
  plan.crop = swap ? Region{crop.y, crop.x, crop.height, crop.width} : crop;
  plan.format = ChooseFormat(spec, plan.output, info.format);
  plan.jpeg_quality = {spec.quality.value};
  plan.webp_quality = {spec.quality.value};
  PlanColor(info, plan);
  plan.decode_scale = ChooseDecodeScale(info, plan);
  return plan;
}

}  // namespace thimble
