#include "color/icc_session.h"

#include <lcms2.h>
#include <lcms2_plugin.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/error.h"

namespace thimble {
namespace {

// Everything that one profile may make the library allocate, freed again or not. Tables that claim
// gigabytes fail here before they are made.
constexpr std::size_t kMemoryBudget = std::size_t{96} << 20;

// Takes from the context's budget. Its own few allocations come before it has one.
bool TakeFromBudget(cmsContext context, std::size_t bytes) {
  auto* const budget = static_cast<std::size_t*>(cmsGetContextUserData(context));
  if (budget == nullptr) return true;
  if (bytes > *budget) return false;
  *budget -= bytes;
  return true;
}

void* Allocate(cmsContext context, cmsUInt32Number bytes) {
  return TakeFromBudget(context, bytes) ? std::malloc(bytes) : nullptr;
}

void* Reallocate(cmsContext context, void* memory, cmsUInt32Number bytes) {
  return TakeFromBudget(context, bytes) ? std::realloc(memory, bytes) : nullptr;
}

void Free(cmsContext /*context*/, void* memory) { std::free(memory); }

cmsContext AsContext(const LibraryHandle& handle) { return static_cast<cmsContext>(handle.get()); }

LibraryHandle ContextWithin(std::size_t& budget) {
  cmsPluginMemHandler memory{};
  memory.base = {cmsPluginMagicNumber, LCMS_VERSION, cmsPluginMemHandlerSig, nullptr};
  memory.MallocPtr = Allocate;
  memory.FreePtr = Free;
  memory.ReallocPtr = Reallocate;
  return {cmsCreateContext(&memory, &budget),
          [](void* context) { cmsDeleteContext(static_cast<cmsContext>(context)); }};
}

LibraryHandle ProfileHandle(cmsHPROFILE profile) {
  return {profile, [](void* handle) { cmsCloseProfile(handle); }};
}

LibraryHandle OpenProfile(const LibraryHandle& context, ByteSpan bytes) {
  if (!context) return ProfileHandle(nullptr);
  return ProfileHandle(cmsOpenProfileFromMemTHR(AsContext(context), bytes.data(),
                                                static_cast<cmsUInt32Number>(bytes.size())));
}

cmsUInt32Number FormatOf(ColorModel model) {
  switch (model) {
    case ColorModel::kGray: return TYPE_GRAY_8;
    case ColorModel::kRgb: return TYPE_RGB_8_PLANAR;
    case ColorModel::kCmyk: return TYPE_CMYK_8_PLANAR;
    case ColorModel::kYCbCr:
    case ColorModel::kYCbCrLimited:
    case ColorModel::kYcck: break;
  }
  THIMBLE_CHECK(false && "profiles do not speak of this colour model");
  return 0;
}

constexpr std::array kCurveTags = {cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag};

const cmsToneCurve* ReadCurve(const LibraryHandle& profile, cmsTagSignature tag) {
  return static_cast<const cmsToneCurve*>(cmsReadTag(profile.get(), tag));
}

void EvaluateCurve(const cmsToneCurve& curve, std::span<float> light) {
  const auto last = static_cast<float>(light.size() - 1);
  for (std::size_t sample = 0; sample < light.size(); ++sample) {
    const float value = cmsEvalToneCurveFloat(&curve, static_cast<float>(sample) / last);
    // In this order a NaN, which a hostile curve can bring about, becomes 0.
    light[sample] = value > 0.0F ? std::min(value, 1.0F) : 0.0F;
  }
}

}  // namespace

void SrgbTransform::Convert(std::span<const std::uint8_t> device, std::span<std::uint8_t> rgb,
                            std::size_t width) const {
  cmsDoTransform(handle_.get(), device.data(), rgb.data(), static_cast<cmsUInt32Number>(width));
}

IccSession::IccSession(ByteSpan profile)
    : budget_(kMemoryBudget),
      context_(ContextWithin(budget_)),
      profile_(OpenProfile(context_, profile)) {}

std::optional<SrgbTransform> IccSession::TransformToSrgb(ColorModel model,
                                                         Precision precision) const {
  if (!profile_) return std::nullopt;
  const LibraryHandle srgb = ProfileHandle(cmsCreate_sRGBProfileTHR(AsContext(context_)));
  if (!srgb) return std::nullopt;
  cmsUInt32Number flags = cmsFLAGS_BLACKPOINTCOMPENSATION;
  if (precision == Precision::kEveryColor) flags |= cmsFLAGS_NOOPTIMIZE;
  LibraryHandle transform = {
      cmsCreateTransformTHR(AsContext(context_), profile_.get(), FormatOf(model), srgb.get(),
                            TYPE_RGB_8_PLANAR, INTENT_RELATIVE_COLORIMETRIC, flags),
      cmsDeleteTransform};
  if (!transform) return std::nullopt;
  return SrgbTransform(std::move(transform));
}

std::optional<MatrixShaperProfile> IccSession::ReadMatrixShaper() const {
  if (!profile_ || cmsIsMatrixShaper(profile_.get()) == 0 || HasTables()) return std::nullopt;
  constexpr std::array kColorantTags = {cmsSigRedColorantTag, cmsSigGreenColorantTag,
                                        cmsSigBlueColorantTag};
  MatrixShaperProfile read;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const auto* const xyz =
        static_cast<const cmsCIEXYZ*>(cmsReadTag(profile_.get(), kColorantTags[channel]));
    const cmsToneCurve* const curve = ReadCurve(profile_, kCurveTags[channel]);
    if (xyz == nullptr || curve == nullptr) return std::nullopt;
    read.colorants[0][channel] = xyz->X;
    read.colorants[1][channel] = xyz->Y;
    read.colorants[2][channel] = xyz->Z;
    EvaluateCurve(*curve, read.curves[channel]);
  }
  return read;
}

std::vector<std::vector<float>> IccSession::ReadCurves(std::size_t samples) const {
  if (!profile_ || HasTables()) return {};
  std::vector<std::vector<float>> curves;
  const auto add = [&](cmsTagSignature tag) {
    const cmsToneCurve* const curve = ReadCurve(profile_, tag);
    if (curve == nullptr) return;
    curves.emplace_back(samples);
    EvaluateCurve(*curve, curves.back());
  };
  if (cmsGetColorSpace(profile_.get()) == cmsSigGrayData) {
    add(cmsSigGrayTRCTag);
  } else if (cmsIsMatrixShaper(profile_.get()) != 0) {
    for (const cmsTagSignature tag : kCurveTags) add(tag);
    if (curves.size() != kCurveTags.size()) curves.clear();
  }
  return curves;
}

// Tables win over a matrix where a profile has both.
bool IccSession::HasTables() const {
  constexpr std::array kTableTags = {cmsSigAToB0Tag, cmsSigAToB1Tag, cmsSigDToB0Tag,
                                     cmsSigDToB1Tag};
  return cmsGetPCS(profile_.get()) != cmsSigXYZData ||
         std::ranges::any_of(kTableTags, [this](cmsTagSignature tag) {
           return cmsIsTag(profile_.get(), tag) != 0;
         });
}

}  // namespace thimble
