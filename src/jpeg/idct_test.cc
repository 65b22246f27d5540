#include "jpeg/idct.h"

#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace thimble {
namespace {

struct alignas(16) Coefficients {
  std::array<std::int16_t, 64> values{};
};

double SampleAt(const Coefficients& block, const QuantizationTable& steps, int x, int y) {
  double sum = 0;
  std::size_t i = 0;
  for (int v = 0; v < 8; ++v) {
    for (int u = 0; u < 8; ++u, ++i) {
      const double norm =
          (u == 0 ? std::numbers::sqrt2 / 2 : 1) * (v == 0 ? std::numbers::sqrt2 / 2 : 1);
      sum += norm * block.values[i] * steps[i] * std::cos((2 * x + 1) * u * std::numbers::pi / 16) *
             std::cos((2 * y + 1) * v * std::numbers::pi / 16);
    }
  }
  return sum / 4 + 128;
}

// The mean of the full-size samples that one sample of `side` a block covers.
double MeanAt(const Coefficients& block, const QuantizationTable& steps, int side, int x, int y) {
  const int covered = 8 / side;
  double sum = 0;
  for (int j = 0; j < covered; ++j) {
    for (int i = 0; i < covered; ++i) {
      sum += SampleAt(block, steps, x * covered + i, y * covered + j);
    }
  }
  return sum / covered / covered;
}

class Idct : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(Idct);

TEST_P(Idct, GivesTheMeansOfTheExactSamplesAtEverySize) {
  std::mt19937 random(3);
  QuantizationTable steps;
  std::iota(steps.begin(), steps.end(), std::int16_t{1});
  for (const int side : {1, 2, 4, 8}) {
    // Counts that fill vectors, and counts that do not.
    for (const std::size_t count : {1U, 3U, 4U, 5U, 16U, 37U}) {
      std::vector<Coefficients> blocks(count);
      for (Coefficients& block : blocks) {
        block.values[0] = static_cast<std::int16_t>(random() % 1200);
        block.values[0] = static_cast<std::int16_t>(block.values[0] - 600);
        for (int i = 0; i < 6; ++i) {
          const std::size_t at = 1 + random() % 63;
          block.values[at] = static_cast<std::int16_t>(static_cast<int>(random() % 41) - 20);
        }
      }
      const auto stride = static_cast<std::ptrdiff_t>(count) * side + 5;
      std::vector<std::uint8_t> samples(static_cast<std::size_t>(stride * side), 77);
      std::vector<IdctBlock> in;
      for (std::size_t i = 0; i < count; ++i) {
        in.push_back(
            {blocks[i].values.data(), samples.data() + i * static_cast<std::size_t>(side)});
      }
      EXPECT_TRUE(IdctForThisCpu(side)(in, steps, stride));
      for (int y = 0; y < side; ++y) {
        for (int x = 0; x < static_cast<int>(stride); ++x) {
          const int sample = samples[static_cast<std::size_t>(y * stride + x)];
          const auto block = static_cast<std::size_t>(x / side);
          if (block >= count) {
            EXPECT_EQ(sample, 77) << "written beside the blocks";
            continue;
          }
          const double exact =
              std::clamp(MeanAt(blocks[block], steps, side, x % side, y), 0.0, 255.0);
          EXPECT_NEAR(sample, exact, 1.0) << side << ", block " << block;
        }
      }
    }
  }
}

TEST_P(Idct, TellsWhenACoefficientIsFarOutOfRange) {
  QuantizationTable steps;
  steps.fill(16);
  for (const int side : {1, 2, 4, 8}) {
    for (const int value : {127, 128, -127, -128}) {
      std::vector<Coefficients> blocks(5);
      blocks[4].values[side == 1 ? 0 : 43] = static_cast<std::int16_t>(value);
      std::vector<std::uint8_t> samples(64);
      std::vector<IdctBlock> in;
      in.reserve(blocks.size());
      for (const Coefficients& block : blocks) in.push_back({block.values.data(), samples.data()});
      EXPECT_EQ(IdctForThisCpu(side)(in, steps, 8), std::abs(value) < 128) << side << ": " << value;
    }
  }
}

}  // namespace
}  // namespace thimble
