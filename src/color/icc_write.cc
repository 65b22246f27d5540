#include "color/icc_write.h"

#include <lcms2.h>

#include <cstddef>

#include "base/c_ptr.h"

namespace thimble {
namespace {

using Curve = CPtr<cmsToneCurve, &cmsFreeToneCurve>;

using Profile = CPtr<void, &cmsCloseProfile>;

Curve CurveOf(const TransferCurve& transfer) {
  constexpr cmsInt32Number kPowerAboveLine = 4;  // the library's number for this shape
  const std::array<cmsFloat64Number, 5> parameters = {
      transfer.exponent, transfer.scale, transfer.offset, transfer.slope, transfer.border};
  return Curve(cmsBuildParametricToneCurve(nullptr, kPowerAboveLine, parameters.data()));
}

std::vector<std::uint8_t> Saved(const Profile& profile) {
  cmsUInt32Number bytes = 0;
  if (!profile || cmsSaveProfileToMem(profile.get(), nullptr, &bytes) == 0) return {};
  std::vector<std::uint8_t> saved(bytes);
  if (cmsSaveProfileToMem(profile.get(), saved.data(), &bytes) == 0) return {};
  return saved;
}

cmsCIExyY WhiteOf(const Chromaticity& white) { return {white.x, white.y, 1}; }

}  // namespace

std::vector<std::uint8_t> WriteGrayProfile(const TransferCurve& transfer) {
  const Curve curve = CurveOf(transfer);
  if (!curve) return {};
  return Saved(Profile(cmsCreateGrayProfile(cmsD50_xyY(), curve.get())));
}

std::vector<std::uint8_t> WriteRgbProfile(const ColorEncoding& encoding) {
  const Curve curve = CurveOf(encoding.transfer);
  if (!curve) return {};
  const auto& [white, red, green, blue] = encoding.primaries;
  const cmsCIExyY white_point = WhiteOf(white);
  const cmsCIExyYTRIPLE primaries = {{red.x, red.y, 1}, {green.x, green.y, 1}, {blue.x, blue.y, 1}};
  const std::array<cmsToneCurve*, 3> curves = {curve.get(), curve.get(), curve.get()};
  return Saved(Profile(cmsCreateRGBProfile(&white_point, &primaries, curves.data())));
}

std::vector<std::uint8_t> WriteRgbProfile(const std::array<std::array<double, 3>, 3>& colorants,
                                          const TransferCurve& transfer) {
  constexpr std::array kColorantTags = {cmsSigRedColorantTag, cmsSigGreenColorantTag,
                                        cmsSigBlueColorantTag};
  constexpr std::array kCurveTags = {cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag};
  const Curve curve = CurveOf(transfer);
  const Profile profile(cmsCreateProfilePlaceholder(nullptr));
  if (!curve || !profile) return {};
  cmsSetProfileVersion(profile.get(), 4.3);
  cmsSetDeviceClass(profile.get(), cmsSigDisplayClass);
  cmsSetColorSpace(profile.get(), cmsSigRgbData);
  cmsSetPCS(profile.get(), cmsSigXYZData);
  bool written = cmsWriteTag(profile.get(), cmsSigMediaWhitePointTag, cmsD50_XYZ()) != 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const cmsCIEXYZ colorant = {colorants[0][i], colorants[1][i], colorants[2][i]};
    written = written && cmsWriteTag(profile.get(), kColorantTags[i], &colorant) != 0 &&
              cmsWriteTag(profile.get(), kCurveTags[i], curve.get()) != 0;
  }
  return written ? Saved(profile) : std::vector<std::uint8_t>{};
}

}  // namespace thimble
