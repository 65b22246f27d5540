#include "resample/coefficients.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "resample/kernel.h"
#include "resample/resample_test_support.h"

namespace thimble {
namespace {

double Sinc(double x) {
  return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

int SumOfWeights(const AxisCoefficients& axis, std::size_t output) {
  int sum = 0;
  for (std::size_t i = 0; i < 2 * axis.max_pairs; ++i) sum += axis.weights_of(output)[i];
  return sum;
}

TEST(Lanczos3Test, IsTheProductOfAWideAndANarrowSinc) {
  for (double x = -2.9999; x < 3; x += 0.0007) {
    EXPECT_NEAR(Lanczos3(static_cast<float>(x)), Sinc(x) * Sinc(x / 3), 1e-6) << x;
  }
  EXPECT_EQ(Lanczos3(0), 1);
}

TEST(AxisCoefficientsTest, WeightsOfEveryOutputSumToExactlyOne) {
  for (const AxisMap& map :
       {AxisMap{.in_size = 300, .out_size = 90, .scale = 3.3, .sharpening = 1.0 / 16},
        WholeAxis(2725, 1280), WholeAxis(1363, 640), WholeAxis(100, 100), WholeAxis(7, 300),
        WholeAxis(1, 9), WholeAxis(9, 1), WholeAxis(9001, 90), WholeAxis(4000, 20),
        AxisMap{.in_size = 500, .out_size = 64, .scale = 3.7, .offset = 101.25}}) {
    const AxisCoefficients axis = *CreateAxisCoefficients(map);
    for (std::size_t output = 0; output < axis.outputs; ++output) {
      EXPECT_EQ(SumOfWeights(axis, output), 1 << axis.shift) << map.scale << " at " << output;
    }
  }
}

// About where the largest weight outgrows 15 and 14 bits and its rounding must not overflow.
TEST(AxisCoefficientsTest, WeightsSumToOneAtEveryScaleWhereTheShiftChanges) {
  for (double scale = 0.9; scale < 2.3; scale += 0.0007) {
    const AxisCoefficients axis =
        *CreateAxisCoefficients({.in_size = 200, .out_size = 80, .scale = scale});
    for (std::size_t output = 0; output < axis.outputs; ++output) {
      ASSERT_EQ(SumOfWeights(axis, output), 1 << axis.shift) << scale << " at " << output;
    }
  }
}

TEST(AxisCoefficientsTest, WideKernelsGetMoreFractionBits) {
  EXPECT_EQ(CreateAxisCoefficients(WholeAxis(100, 100))->shift, 14);
  EXPECT_EQ(CreateAxisCoefficients(WholeAxis(20000, 100))->shift, 16);
}

TEST(AxisCoefficientsTest, IdentityHasOneTapOfWeightOne) {
  const AxisCoefficients axis = *CreateAxisCoefficients(WholeAxis(50, 50));
  for (std::size_t output = 0; output < axis.outputs; ++output) {
    const std::size_t tap = output - 2 * axis.first_pair_of(output);
    EXPECT_EQ(axis.weights_of(output)[tap], 1 << axis.shift) << output;
  }
}

TEST(AxisCoefficientsTest, ACropNeedsOnlyTheInputsUnderItsKernels) {
  const AxisCoefficients axis =
      *CreateAxisCoefficients({.in_size = 1000, .out_size = 10, .scale = 2, .offset = 500});
  EXPECT_EQ(axis.input_begin, 500U + 1 - 6);
  EXPECT_EQ(axis.input_end, 500U + 19 + 6);
}

TEST(AxisCoefficientsTest, EveryTapLiesWithinTheInputs) {
  for (const double offset : {-3.0, 0.0, 0.49, 50.0}) {
    const AxisMap map{.in_size = 40, .out_size = 13, .scale = 3, .offset = offset};
    const AxisCoefficients axis = *CreateAxisCoefficients(map);
    EXPECT_LE(axis.input_end, 40U);
    for (std::size_t output = 0; output < axis.outputs; ++output) {
      EXPECT_GE(axis.pairs_of(output), 1U);
      EXPECT_LE(axis.pairs_of(output), axis.max_pairs);
      EXPECT_LE(axis.tap_end_of(output), axis.inputs());
    }
  }
}

TEST(AxisCoefficientsTest, ImpossibleMapsAreOurBug) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const AxisMap& map :
       {AxisMap{.in_size = 0, .out_size = 1}, AxisMap{.in_size = 1, .out_size = 0},
        AxisMap{.in_size = 1, .out_size = 1, .scale = 0},
        AxisMap{.in_size = 1, .out_size = 1, .scale = nan},
        AxisMap{.in_size = 1, .out_size = 1, .offset = nan},
        AxisMap{.in_size = 1, .out_size = 1, .sharpening = 0.1},
        AxisMap{.in_size = 1, .out_size = 1, .sharpening = nan}}) {
    const auto axis = CreateAxisCoefficients(map);
    ASSERT_FALSE(axis);
    EXPECT_EQ(axis.error().code, ErrorCode::kInternal);
  }
}

}  // namespace
}  // namespace thimble
