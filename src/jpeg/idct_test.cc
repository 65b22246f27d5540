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

// The inverse DCT of `side` points of the lowest frequencies, as its definition says.
double SampleAt(const Coefficients& block, const QuantizationTable& steps, int side, int x, int y) {
  const auto wave = [side](int frequency, int sample) {
    const double norm = frequency == 0 ? std::numbers::sqrt2 / 2 : 1;
    return norm * std::cos((2 * sample + 1) * frequency * std::numbers::pi / (2 * side));
  };
  double sum = 0;
  for (int v = 0; v < side; ++v) {
    for (int u = 0; u < side; ++u) {
      const std::size_t i = 8 * static_cast<std::size_t>(v) + static_cast<std::size_t>(u);
      sum += block.values[i] * steps[i] * wave(u, x) * wave(v, y);
    }
  }
  return sum / 4 + 128;
}

class Idct : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(Idct);

TEST_P(Idct, GivesTheExactSamplesOfTheLowestFrequenciesAtEverySize) {
  std::mt19937 random(3);
  QuantizationTable steps;
  std::iota(steps.begin(), steps.end(), std::int16_t{1});
  for (const int side : {2, 3, 4, 5, 6, 7, 8}) {
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
      const auto stride = static_cast<std::ptrdiff_t>(count) * side + kIdctOverhang + 2;
      std::vector<std::uint8_t> samples(static_cast<std::size_t>(stride * side), 77);
      std::vector<IdctBlock> in;
      for (std::size_t i = 0; i < count; ++i) {
        in.push_back(
            {blocks[i].values.data(), samples.data() + i * static_cast<std::size_t>(side)});
      }
      IdctForThisCpu(side)(in, steps, stride);
      for (int y = 0; y < side; ++y) {
        for (int x = 0; x < static_cast<int>(stride); ++x) {
          const int sample = samples[static_cast<std::size_t>(y * stride + x)];
          const auto block = static_cast<std::size_t>(x / side);
          if (block >= count) {
            const int beside = x - static_cast<int>(count) * side;
            EXPECT_TRUE(sample == 77 || beside < kIdctOverhang) << "written beside the blocks";
            continue;
          }
          const double exact =
              std::clamp(SampleAt(blocks[block], steps, side, x % side, y), 0.0, 255.0);
          EXPECT_NEAR(sample, exact, 1.0) << side << ", block " << block;
        }
      }
    }
  }
}

TEST(MeanSampleTest, IsTheMeanOfWhatTheBlockHolds) {
  QuantizationTable steps{};
  steps[0] = 3;
  for (int dc = -600; dc <= 600; ++dc) {
    const double exact = std::clamp(dc * 3 / 8.0 + 128, 0.0, 255.0);
    EXPECT_NEAR(MeanSample(static_cast<std::int16_t>(dc), steps), exact, 0.5) << dc;
  }
}

// What makes no sense must at least make the same everywhere: answers may come from different CPUs.
TEST_P(Idct, MakesTheSameOfDamagedCoefficientsOnEveryCpu) {
  std::mt19937 random(9);
  QuantizationTable steps;
  for (std::int16_t& step : steps) step = static_cast<std::int16_t>(random());
  std::vector<Coefficients> blocks(64);
  for (Coefficients& block : blocks) {
    for (std::int16_t& value : block.values) value = static_cast<std::int16_t>(random());
  }
  std::uint64_t sum = 0;
  for (const int side : {2, 3, 4, 5, 6, 7, 8}) {
    const std::ptrdiff_t stride = std::ptrdiff_t{64} * side + kIdctOverhang;
    std::vector<std::uint8_t> samples(static_cast<std::size_t>(stride * side));
    std::vector<IdctBlock> in;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      in.push_back({blocks[i].values.data(), samples.data() + i * static_cast<std::size_t>(side)});
    }
    IdctForThisCpu(side)(in, steps, stride);
    for (const std::uint8_t sample : samples) sum = sum * 31 + sample;
  }
  static const std::uint64_t first_seen = sum;  // by the first target that this test ran for
  EXPECT_EQ(sum, first_seen);
}

}  // namespace
}  // namespace thimble
