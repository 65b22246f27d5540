#include "color/matrix_shaper.h"

#include <algorithm>
#include <cstddef>

#include "color/srgb_curve.h"

namespace thimble {
namespace {

// Linear sRGB from XYZ relative to D50: the inverse of the colorants that IEC 61966-2-1's primaries
// have after Bradford adaptation, as published sRGB profiles hold them.
constexpr std::array<std::array<double, 3>, 3> kSrgbFromD50Xyz = {
    {{3.1338561, -1.6168667, -0.4906146},
     {-0.9787684, 1.9161415, 0.0334540},
     {0.0719453, -0.2289914, 1.4052427}}};

// sRGB is steepest at black: 12.92 * 255 = 3,295 sample values a unit of light, so this many steps
// place each border between two values within 0.2 of one.
constexpr std::int32_t kLastStep = 16'383;
constexpr float kHalfStep = 0.5F;  // makes truncation rounding

// Real weights stay below 3; bounding those of hostile profiles keeps sums within 32 bits.
constexpr double kMaxWeight = 1000;

constexpr std::size_t kChunk = 256;  // pixels worked on at a time

// Filled from the borders between values: 255 powers instead of 16,384.
std::vector<std::uint8_t> EncodingTable() {
  std::vector<std::uint8_t> samples(kLastStep + 1, 255);
  std::size_t filled = 0;
  for (int sample = 0; sample < 255; ++sample) {
    const double border = BorderAboveSample(sample);
    for (; static_cast<double>(filled) < border * kLastStep; ++filled) {
      samples[filled] = static_cast<std::uint8_t>(sample);
    }
  }
  return samples;
}

}  // namespace

MatrixShaper::MatrixShaper(const MatrixShaperProfile& profile)
    : curves_(profile.curves), samples_(EncodingTable()) {
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      double sum = 0;
      for (std::size_t i = 0; i < 3; ++i) {
        sum += kSrgbFromD50Xyz[row][i] * profile.colorants[i][column];
      }
      sum = std::clamp(sum, -kMaxWeight, kMaxWeight);
      matrix_[row][column] = static_cast<float>(sum * kLastStep);
    }
  }
}

void MatrixShaper::ConvertRow(std::span<std::uint8_t> red, std::span<std::uint8_t> green,
                              std::span<std::uint8_t> blue) const {
  while (!red.empty()) {
    const std::size_t count = std::min(red.size(), kChunk);
    ConvertChunk({red.first(count), green.first(count), blue.first(count)});
    red = red.subspan(count);
    green = green.subspan(count);
    blue = blue.subspan(count);
  }
}

// In three loops, so that the arithmetic between the two look-ups becomes SIMD.
void MatrixShaper::ConvertChunk(const std::array<std::span<std::uint8_t>, 3>& channels) const {
  const std::size_t count = channels[0].size();
  std::array<std::array<float, kChunk>, 3> light{};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const std::array<float, 256>& curve = curves_[channel];
    for (std::size_t i = 0; i < count; ++i) light[channel][i] = curve[channels[channel][i]];
  }
  std::array<std::int32_t, kChunk> steps{};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const std::array<float, 3> weights = matrix_[channel];
    for (std::size_t i = 0; i < count; ++i) {
      const float step = kHalfStep + weights[0] * light[0][i] + weights[1] * light[1][i] +
                         weights[2] * light[2][i];
      // Clipped as integers: comparing floats, which may trap, keeps compilers from using SIMD.
      steps[i] = std::clamp(static_cast<std::int32_t>(step), 0, kLastStep);
    }
    for (std::size_t i = 0; i < count; ++i) {
      channels[channel][i] = samples_[static_cast<std::size_t>(steps[i])];
    }
  }
}

}  // namespace thimble
