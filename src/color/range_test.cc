#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "color/color.h"
#include "color/color_test_support.h"

namespace thimble {
namespace {

// 256 x 1: every sample value in every plane.
PlanarImage EverySample(ColorModel model, bool has_alpha = false) {
  return PictureOf(model, {256, 1}, has_alpha, [](std::size_t, int x, int) { return x; });
}

int SampleOf(const PlanarImage& picture, std::size_t plane, int x) {
  return picture.planes[plane].row(0)[static_cast<std::size_t>(x)];
}

double Clamped(double value) { return std::clamp(value, 0.0, 255.0); }

TEST(ExpandToFullRange, FollowsTheFormula) {
  PlanarImage picture = EverySample(ColorModel::kYCbCrLimited);
  ExpandToFullRange(picture);
  EXPECT_EQ(picture.model, ColorModel::kYCbCr);
  for (int x = 0; x < 256; ++x) {
    EXPECT_NEAR(SampleOf(picture, 0, x), Clamped((x - 16) * 255 / 219.0), 0.51);
    EXPECT_NEAR(SampleOf(picture, 1, x), Clamped((x - 128) * 255 / 224.0 + 128), 0.51);
    EXPECT_EQ(SampleOf(picture, 2, x), SampleOf(picture, 1, x));
  }
}

TEST(ReduceToLimitedRange, FollowsTheFormula) {
  PlanarImage picture = EverySample(ColorModel::kYCbCr);
  ReduceToLimitedRange(picture);
  EXPECT_EQ(picture.model, ColorModel::kYCbCrLimited);
  for (int x = 0; x < 256; ++x) {
    EXPECT_NEAR(SampleOf(picture, 0, x), x * 219 / 255.0 + 16, 0.51);
    EXPECT_NEAR(SampleOf(picture, 1, x), (x - 128) * 224 / 255.0 + 128, 0.51);
    EXPECT_EQ(SampleOf(picture, 2, x), SampleOf(picture, 1, x));
  }
}

TEST(ReduceToLimitedRange, IsUndoneByExpandingWithinOne) {
  PlanarImage picture = EverySample(ColorModel::kYCbCr);
  ReduceToLimitedRange(picture);
  ExpandToFullRange(picture);
  for (int x = 0; x < 256; ++x) {
    EXPECT_NEAR(SampleOf(picture, 0, x), x, 1);
    EXPECT_NEAR(SampleOf(picture, 1, x), x, 1);
  }
}

TEST(ExpandToFullRange, IsUndoneByReducingExactly) {
  PlanarImage picture = EverySample(ColorModel::kYCbCrLimited);
  ExpandToFullRange(picture);
  ReduceToLimitedRange(picture);
  for (int x = 16; x <= 235; ++x) EXPECT_EQ(SampleOf(picture, 0, x), x);
  for (int x = 16; x <= 240; ++x) EXPECT_EQ(SampleOf(picture, 1, x), x);
}

TEST(RangeChange, LeavesAlphaAlone) {
  PlanarImage picture = EverySample(ColorModel::kYCbCrLimited, true);
  ExpandToFullRange(picture);
  for (int x = 0; x < 256; ++x) EXPECT_EQ(SampleOf(picture, 3, x), x);
}

}  // namespace
}  // namespace thimble
