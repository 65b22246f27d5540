#include "engine/target_color.h"

#include <utility>

#include "color/color.h"

namespace thimble {
namespace {

// The first three planes of kYcck are the inks C, M, Y coded as YCbCr: decoded as RGB they *are*
// the inks.
Expected<PlanarImage> CmykFromYcck(PlanarImage picture) {
  Plane black = std::move(picture.planes.back());
  picture.planes.pop_back();
  picture.model = ColorModel::kYCbCr;
  THIMBLE_TRY(PlanarImage inks, RgbFrom(std::move(picture)));
  inks.planes.push_back(std::move(black));
  inks.model = ColorModel::kCmyk;
  return inks;
}

// The model in which a profile speaks: YCbCr is a coding of RGB, YCCK one of CMYK.
Expected<PlanarImage> DeviceColors(PlanarImage picture) {
  switch (picture.model) {
    case ColorModel::kYcck: return CmykFromYcck(std::move(picture));
    case ColorModel::kYCbCr:
    case ColorModel::kYCbCrLimited: return RgbFrom(std::move(picture));
    case ColorModel::kGray:
    case ColorModel::kRgb:
    case ColorModel::kCmyk: return picture;
  }
  return picture;
}

// Gray stays gray: its target may be gray too.
Expected<PlanarImage> ToSrgb(PlanarImage picture, ByteSpan icc_profile) {
  THIMBLE_TRY(picture, DeviceColors(std::move(picture)));
  if (!icc_profile.empty()) {
    THIMBLE_TRY(picture, SrgbFromProfile(std::move(picture), icc_profile));
  }
  if (picture.model == ColorModel::kCmyk) return RgbFrom(std::move(picture));
  return picture;
}

Expected<PlanarImage> ToModel(PlanarImage picture, const Plan& plan) {
  if (plan.target_model == picture.model) return picture;
  if (plan.target_model == ColorModel::kGray) return GrayFromRgb(std::move(picture));
  if (picture.model == ColorModel::kGray) {
    THIMBLE_TRY(picture, RgbFrom(std::move(picture)));
  }
  if (plan.target_model == ColorModel::kYCbCr) return YCbCrFromRgb(picture, plan.target_chroma);
  return picture;
}

Expected<PlanarImage> ToTargetModel(PlanarImage picture, const Plan& plan, ByteSpan icc_profile) {
  if (plan.color_path == ColorPath::kPlanes) {
    const bool limited = picture.model == ColorModel::kYCbCrLimited;
    if (limited && plan.target_model == ColorModel::kYCbCr) ExpandToFullRange(picture);
    if (picture.model == ColorModel::kYCbCr && plan.target_model == ColorModel::kYCbCrLimited) {
      ReduceToLimitedRange(picture);
    }
    return picture;
  }
  THIMBLE_TRY(picture, ToSrgb(std::move(picture), icc_profile));
  if (picture.has_alpha && !plan.target_has_alpha) FlattenOnWhite(picture);
  return ToModel(std::move(picture), plan);
}

}  // namespace

Expected<PlanarImage> ToTargetColor(PlanarImage picture, const Plan& plan, ByteSpan icc_profile) {
  THIMBLE_TRY(picture, ToTargetModel(std::move(picture), plan, icc_profile));
  if (picture.has_alpha && plan.format == ImageFormat::kWebp) {  // lossy
    if (Status filled = FillTransparent(picture); !filled) return Forward(filled);
  }
  return picture;
}

}  // namespace thimble
