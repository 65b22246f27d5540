#include "color/color_test_support.h"

#include <lcms2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/c_ptr.h"

namespace thimble {
namespace {

using Profile = CPtr<void, &cmsCloseProfile>;
using Transform = CPtr<void, &cmsDeleteTransform>;
using ToneCurve = CPtr<cmsToneCurve, &cmsFreeToneCurve>;
using Pipeline = CPtr<cmsPipeline, &cmsPipelineFree>;

constexpr cmsCIExyY kD65 = {0.3127, 0.3290, 1};

ProfileBytes BytesOfProfile(const Profile& profile) {
  cmsUInt32Number size = 0;
  THIMBLE_CHECK(cmsSaveProfileToMem(profile.get(), nullptr, &size));
  ProfileBytes bytes(size);
  THIMBLE_CHECK(cmsSaveProfileToMem(profile.get(), bytes.data(), &size));
  return bytes;
}

ProfileBytes MatrixProfile(const cmsCIExyYTRIPLE& primaries, const ToneCurve& curve) {
  std::array<cmsToneCurve*, 3> curves = {curve.get(), curve.get(), curve.get()};
  return BytesOfProfile(Profile(cmsCreateRGBProfile(&kD65, &primaries, curves.data())));
}

ToneCurve SrgbCurve() {
  const std::array<double, 5> parameters = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  return ToneCurve(cmsBuildParametricToneCurve(nullptr, 4, parameters.data()));
}

// What a table's node holds: the Lab of an RGB colour, both as lcms's 16-bit codes.
struct LabFromRgb {
  Profile srgb{cmsCreate_sRGBProfile()};
  Profile lab{cmsCreateLab4Profile(nullptr)};
  Transform transform{cmsCreateTransform(srgb.get(), TYPE_RGB_16, lab.get(), TYPE_Lab_16,
                                         INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE)};
};

cmsInt32Number NodeOfPlainCmyk(const cmsUInt16Number* in, cmsUInt16Number* out, void* lab) {
  std::array<cmsUInt16Number, 3> rgb{};
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    const double light = (1 - in[i] / 65535.0) * (1 - in[3] / 65535.0);
    rgb[i] = static_cast<cmsUInt16Number>(std::lround(light * 65535));
  }
  cmsDoTransform(static_cast<LabFromRgb*>(lab)->transform.get(), rgb.data(), out, 1);
  return 1;
}

cmsInt32Number NodeOfSwappedRgb(const cmsUInt16Number* in, cmsUInt16Number* out, void* lab) {
  const std::array<cmsUInt16Number, 3> rgb = {in[2], in[1], in[0]};
  cmsDoTransform(static_cast<LabFromRgb*>(lab)->transform.get(), rgb.data(), out, 1);
  return 1;
}

ProfileBytes TableProfile(cmsColorSpaceSignature space, unsigned channels, unsigned grid_points,
                          cmsSAMPLER16 node) {
  const Profile profile(cmsCreateProfilePlaceholder(nullptr));
  cmsSetProfileVersion(profile.get(), 4.3);
  cmsSetDeviceClass(profile.get(), cmsSigOutputClass);
  cmsSetColorSpace(profile.get(), space);
  cmsSetPCS(profile.get(), cmsSigLabData);
  const Pipeline pipeline(cmsPipelineAlloc(nullptr, channels, 3));
  LabFromRgb lab;
  cmsStage* const table = cmsStageAllocCLut16bit(nullptr, grid_points, channels, 3, nullptr);
  THIMBLE_CHECK(cmsStageSampleCLut16bit(table, node, &lab, 0));
  // The format wants curves on both sides of a table.
  cmsPipelineInsertStage(pipeline.get(), cmsAT_END,
                         cmsStageAllocToneCurves(nullptr, channels, nullptr));
  cmsPipelineInsertStage(pipeline.get(), cmsAT_END, table);
  cmsPipelineInsertStage(pipeline.get(), cmsAT_END, cmsStageAllocToneCurves(nullptr, 3, nullptr));
  THIMBLE_CHECK(cmsWriteTag(profile.get(), cmsSigAToB0Tag, pipeline.get()));
  return BytesOfProfile(profile);
}

}  // namespace

PlanarImage PictureOf(ColorModel model, Size size, bool has_alpha, const SampleFunction& value) {
  PlanarImage picture;
  picture.size = size;
  picture.model = model;
  picture.has_alpha = has_alpha;
  const std::size_t planes = ColorPlaneCount(model) + (has_alpha ? 1 : 0);
  for (std::size_t i = 0; i < planes; ++i) {
    auto plane = Plane::Create(size);
    THIMBLE_CHECK(plane.has_value());
    for (int y = 0; y < size.height; ++y) {
      int x = 0;
      for (std::uint8_t& sample : plane->mutable_row(y)) {
        sample = static_cast<std::uint8_t>(value(i, x++, y));
      }
    }
    picture.planes.push_back(std::move(*plane));
  }
  return picture;
}

int NoiseSample(std::size_t plane, int x, int y) {
  auto mixed = static_cast<std::uint32_t>(x) * 0x9E3779B1U ^
               static_cast<std::uint32_t>(y) * 0x85EBCA77U ^
               static_cast<std::uint32_t>(plane) * 0xC2B2AE3DU;
  mixed ^= mixed >> 15;
  mixed *= 0x2C1B3C6DU;
  return static_cast<int>(mixed >> 24);
}

ProfileBytes SrgbProfile() { return BytesOfProfile(Profile(cmsCreate_sRGBProfile())); }

ProfileBytes DisplayP3Profile() {
  return MatrixProfile({{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}}, SrgbCurve());
}

ProfileBytes AdobeRgbProfile() {
  return MatrixProfile({{0.640, 0.330, 1}, {0.210, 0.710, 1}, {0.150, 0.060, 1}},
                       ToneCurve(cmsBuildGamma(nullptr, 563.0 / 256)));
}

ProfileBytes GrayProfile(double gamma) {
  const ToneCurve curve(cmsBuildGamma(nullptr, gamma));
  return BytesOfProfile(Profile(cmsCreateGrayProfile(cmsD50_xyY(), curve.get())));
}

ProfileBytes PlainCmykProfile(unsigned grid_points) {
  return TableProfile(cmsSigCmykData, 4, grid_points, NodeOfPlainCmyk);
}

ProfileBytes SwappingRgbProfile() {
  constexpr unsigned kGridPoints = 17;
  return TableProfile(cmsSigRgbData, 3, kGridPoints, NodeOfSwappedRgb);
}

}  // namespace thimble
