#include "jpeg/visible_part.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <random>

namespace thimble {
namespace {

constexpr std::size_t kSide = 8;
using Block = std::array<std::int16_t, 64>;
using Reals = std::array<std::array<double, kSide>, kSide>;

double Weight(std::size_t frequency, std::size_t sample) {
  const double angle =
      static_cast<double>(frequency * (2 * sample + 1)) * std::numbers::pi / (2.0 * kSide);
  return frequency == 0 ? 1 : std::numbers::sqrt2 * std::cos(angle);
}

Reals SamplesOf(const Block& block, const QuantizationTable& quantization) {
  Reals samples{};
  for (std::size_t y = 0; y < kSide; ++y) {
    for (std::size_t x = 0; x < kSide; ++x) {
      for (std::size_t v = 0; v < kSide; ++v) {
        for (std::size_t u = 0; u < kSide; ++u) {
          const std::size_t at = v * kSide + u;
          samples[y][x] += Weight(v, y) * Weight(u, x) * block[at] * quantization[at] / 8.0;
        }
      }
    }
  }
  return samples;
}

double CoefficientOf(const Reals& samples, std::size_t v, std::size_t u) {
  double sum = 0;
  for (std::size_t y = 0; y < kSide; ++y) {
    for (std::size_t x = 0; x < kSide; ++x) sum += Weight(v, y) * Weight(u, x) * samples[y][x];
  }
  return sum / 8;
}

TEST(VisiblePart, IsRepeatedIntoTheHiddenPart) {
  std::mt19937 random(3);
  for (int width = 1; width <= 8; ++width) {
    for (int height = 1; height <= 8; ++height) {
      Block block{};
      QuantizationTable quantization{};
      for (std::size_t i = 0; i < block.size(); ++i) {
        const int span = static_cast<int>(60 / (1 + i / 4)) + 1;
        block[i] = static_cast<std::int16_t>(static_cast<int>(random() % 31) % span - span / 2);
        quantization[i] = static_cast<std::int16_t>(1 + random() % 12);
      }
      Reals samples = SamplesOf(block, quantization);
      const Reals visible = samples;
      for (std::size_t y = 0; y < kSide; ++y) {
        for (std::size_t x = 0; x < kSide; ++x) {
          samples[y][x] = visible[std::min(y, static_cast<std::size_t>(height) - 1)]
                                 [std::min(x, static_cast<std::size_t>(width) - 1)];
        }
      }
      for (std::size_t side = 1; side < kSide; ++side) {
        Block reduced{};
        RepeatVisiblePart(block.data(), quantization, {width, height}, static_cast<int>(side),
                          reduced.data());
        for (std::size_t v = 0; v < kSide; ++v) {
          for (std::size_t u = 0; u < kSide; ++u) {
            const bool is_wanted = v < side && u < side;
            const double expected = is_wanted ? CoefficientOf(samples, v, u) : 0;
            EXPECT_NEAR(reduced[v * kSide + u], expected, 1.2)
                << width << "x" << height << " visible, side " << side << ", " << v << ", " << u;
          }
        }
      }
    }
  }
}

TEST(VisiblePart, OfDamagedCoefficientsGivesSomethingWithoutOverflow) {
  constexpr std::int16_t kMost = std::numeric_limits<std::int16_t>::max();
  Block block;
  QuantizationTable quantization;
  for (const int sign : {1, -1}) {
    block.fill(static_cast<std::int16_t>(sign * kMost));
    quantization.fill(kMost);
    Block reduced{};
    RepeatVisiblePart(block.data(), quantization, {1, 3}, 7, reduced.data());
    EXPECT_TRUE(std::ranges::all_of(reduced, [](int value) { return std::abs(value) <= 4095; }));
  }
}

}  // namespace
}  // namespace thimble
