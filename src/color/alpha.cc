#include <cstddef>
#include <utility>

#include "color/color.h"
#include "color/sample_math.h"

namespace thimble {
namespace {

void LayRowOnWhite(std::span<std::uint8_t> samples, std::span<const std::uint8_t> alpha) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] =
        static_cast<std::uint8_t>(ProductOfSamples(samples[i], alpha[i]) + Inverted(alpha[i]));
  }
}

}  // namespace

void PremultiplyRow(std::span<std::uint8_t> samples, std::span<const std::uint8_t> alpha) {
  THIMBLE_CHECK(samples.size() == alpha.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = ProductOfSamples(samples[i], alpha[i]);
  }
}

void UnpremultiplyRow(std::span<std::uint8_t> samples, std::span<const std::uint8_t> alpha,
                      std::uint8_t neutral) {
  THIMBLE_CHECK(samples.size() == alpha.size());
  // Floats are exact here (quotients of such small integers are never a rounding error away from a
  // half) and divide in SIMD, which integers do not.
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const int divisor = alpha[i] == 0 ? 1 : alpha[i];
    const float straight =
        static_cast<float>(samples[i] * kMaxSample) / static_cast<float>(divisor) + 0.5F;
    const int clamped = std::min(static_cast<int>(straight), kMaxSample);
    samples[i] = static_cast<std::uint8_t>(alpha[i] == 0 ? neutral : clamped);
  }
}

void FlattenOnWhite(PlanarImage& picture) {
  THIMBLE_CHECK(picture.has_alpha);
  THIMBLE_CHECK(picture.model == ColorModel::kRgb || picture.model == ColorModel::kGray);
  const Plane alpha = std::move(picture.planes.back());
  picture.planes.pop_back();
  picture.has_alpha = false;
  for (Plane& plane : picture.planes) {
    for (int y = 0; y < plane.height(); ++y) LayRowOnWhite(plane.mutable_row(y), alpha.row(y));
  }
}

}  // namespace thimble
