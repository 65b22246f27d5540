// From 16-bit samples to 8-bit ones. A curve that is near linear has most of what eyes tell apart
// in its darkest few per cent: rounded to 8 bits before the curve is applied, seventy shadow levels
// become sixteen.
#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "color/color.h"
#include "color/icc_session.h"
#include "color/icc_structure.h"
#include "color/icc_write.h"
#include "color/srgb_curve.h"

namespace thimble {
namespace {

constexpr std::size_t kDeepSamples = 65'536;

std::array<double, 255> SampleBorders() {
  std::array<double, 255> borders{};
  for (int sample = 0; sample < 255; ++sample) {
    borders[static_cast<std::size_t>(sample)] = BorderAboveSample(sample);
  }
  return borders;
}

std::vector<std::uint8_t> SrgbSamplesOf(const std::vector<float>& light) {
  const std::array<double, 255> borders = SampleBorders();
  std::vector<std::uint8_t> samples;
  samples.reserve(light.size());
  for (const float value : light) {
    const auto border = std::ranges::upper_bound(borders, double{value});
    samples.push_back(static_cast<std::uint8_t>(border - borders.begin()));
  }
  return samples;
}

// The profile with sRGB's curve instead of its own.
std::vector<std::uint8_t> WithSrgbCurve(const IccSession& session) {
  const std::optional<MatrixShaperProfile> matrix_shaper = session.ReadMatrixShaper();
  if (!matrix_shaper) return {};
  std::vector<std::uint8_t> profile = WriteRgbProfile(matrix_shaper->colorants, kSrgbTransfer);
  if (IsEffectivelySrgb(profile, ColorModel::kRgb)) profile.clear();
  return profile;
}

}  // namespace

std::optional<DepthReduction> ReduceDepth(ByteSpan icc_profile, ColorModel model) {
  const ByteSpan profile = UsableIccProfile(icc_profile, model);
  if (profile.empty()) return std::nullopt;
  const IccSession session(profile);
  std::vector<std::vector<float>> curves = session.ReadCurves(kDeepSamples);
  if (curves.empty()) return std::nullopt;
  DepthReduction reduction;
  if (model == ColorModel::kGray) {
    if (curves.size() > 1) curves = {std::move(curves[1])};  // grays of RGB: as green
  } else {
    reduction.icc_profile = WithSrgbCurve(session);
  }
  for (const std::vector<float>& curve : curves) reduction.curves.push_back(SrgbSamplesOf(curve));
  return reduction;
}

std::vector<std::uint8_t> IccProfileOf(const ColorEncoding& encoding, ColorModel model) {
  if (model == ColorModel::kGray) return WriteGrayProfile(encoding.transfer);
  return WriteRgbProfile(encoding);
}

}  // namespace thimble
