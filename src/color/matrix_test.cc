// RgbFrom, YCbCrFromRgb and GrayFromRgb against the formulas in floating point.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "color/color.h"
#include "color/color_test_support.h"

namespace thimble {
namespace {

using Color = std::array<double, 3>;

constexpr Size kSize = {67, 53};  // odd, and no multiple of a vector

double Clamped(double value) { return std::clamp(value, 0.0, 255.0); }

int SampleAt(const PlanarImage& picture, std::size_t plane, int x, int y) {
  return picture.planes[plane].row(y)[static_cast<std::size_t>(x)];
}

Color RgbOfYCbCr(double y, double cb, double cr) {
  return {Clamped(y + 1.402 * (cr - 128)),
          Clamped(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)),
          Clamped(y + 1.772 * (cb - 128))};
}

// Every sample of `picture` is within `tolerance` of expected(noise samples of the pixel).
template <class Expectation>
void ExpectRgb(const PlanarImage& picture, double tolerance, const Expectation& expected) {
  ASSERT_EQ(picture.model, ColorModel::kRgb);
  ASSERT_EQ(picture.planes.size(), picture.has_alpha ? 4U : 3U);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      std::array<double, 4> from{};
      for (std::size_t i = 0; i < 4; ++i) from[i] = NoiseSample(i, x, y);
      const Color color = expected(from);
      for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_NEAR(SampleAt(picture, i, x, y), color[i], tolerance) << i << " " << x << " " << y;
      }
    }
  }
}

TEST(RgbFrom, FullRangeYCbCrFollowsJfif) {
  const auto rgb = RgbFrom(PictureOf(ColorModel::kYCbCr, kSize, false, NoiseSample));
  ExpectRgb(*rgb, 0.55,
            [](const std::array<double, 4>& s) { return RgbOfYCbCr(s[0], s[1], s[2]); });
}

TEST(RgbFrom, LimitedRangeYCbCrFollowsBt601) {
  const auto rgb = RgbFrom(PictureOf(ColorModel::kYCbCrLimited, kSize, false, NoiseSample));
  ExpectRgb(*rgb, 0.55, [](const std::array<double, 4>& s) {
    return RgbOfYCbCr((s[0] - 16) * 255 / 219, (s[1] - 128) * 255 / 224 + 128,
                      (s[2] - 128) * 255 / 224 + 128);
  });
}

TEST(RgbFrom, CmykFollowsThePlainFormula) {
  const auto rgb = RgbFrom(PictureOf(ColorModel::kCmyk, kSize, false, NoiseSample));
  ExpectRgb(*rgb, 0.5, [](const std::array<double, 4>& s) {
    const double light = (255 - s[3]) / 255;
    return Color{(255 - s[0]) * light, (255 - s[1]) * light, (255 - s[2]) * light};
  });
}

TEST(RgbFrom, YcckDecodesToInksFirst) {
  const auto rgb = RgbFrom(PictureOf(ColorModel::kYcck, kSize, false, NoiseSample));
  ExpectRgb(*rgb, 1.1, [](const std::array<double, 4>& s) {
    const Color inks = RgbOfYCbCr(s[0], s[1], s[2]);
    const double light = (255 - s[3]) / 255;
    return Color{(255 - inks[0]) * light, (255 - inks[1]) * light, (255 - inks[2]) * light};
  });
}

TEST(RgbFrom, GrayIsTheSameInEveryPlane) {
  const auto rgb = RgbFrom(PictureOf(ColorModel::kGray, kSize, false, NoiseSample));
  ExpectRgb(*rgb, 0, [](const std::array<double, 4>& s) { return Color{s[0], s[0], s[0]}; });
}

TEST(RgbFrom, RgbIsItself) {
  const auto rgb = RgbFrom(PictureOf(ColorModel::kRgb, kSize, false, NoiseSample));
  ExpectRgb(*rgb, 0, [](const std::array<double, 4>& s) { return Color{s[0], s[1], s[2]}; });
}

TEST(RgbFrom, KeepsAlphaLast) {
  for (const ColorModel model : {ColorModel::kGray, ColorModel::kYCbCr, ColorModel::kYCbCrLimited,
                                 ColorModel::kRgb, ColorModel::kCmyk, ColorModel::kYcck}) {
    const auto rgb = RgbFrom(PictureOf(model, kSize, true, NoiseSample));
    ASSERT_EQ(rgb->planes.size(), 4U);
    EXPECT_TRUE(rgb->has_alpha);
    EXPECT_EQ(SampleAt(*rgb, 3, 5, 7), NoiseSample(ColorPlaneCount(model), 5, 7));
  }
}

TEST(RgbFrom, KnowsTheEndsOfTheScale) {
  const struct {
    ColorModel model;
    std::array<int, 4> samples;
    std::array<int, 3> rgb;
  } cases[] = {
      {ColorModel::kYCbCr, {0, 128, 128, 0}, {0, 0, 0}},
      {ColorModel::kYCbCr, {255, 128, 128, 0}, {255, 255, 255}},
      {ColorModel::kYCbCr, {76, 85, 255, 0}, {254, 0, 0}},
      {ColorModel::kYCbCrLimited, {16, 128, 128, 0}, {0, 0, 0}},
      {ColorModel::kYCbCrLimited, {235, 128, 128, 0}, {255, 255, 255}},
      {ColorModel::kYCbCrLimited, {0, 0, 0, 0}, {0, 136, 0}},
      {ColorModel::kYCbCrLimited, {255, 255, 255, 0}, {255, 125, 255}},
      {ColorModel::kCmyk, {0, 0, 0, 0}, {255, 255, 255}},
      {ColorModel::kCmyk, {0, 0, 0, 255}, {0, 0, 0}},
      {ColorModel::kCmyk, {255, 0, 0, 0}, {0, 255, 255}},
  };
  for (const auto& [model, samples, expected] : cases) {
    const auto rgb = RgbFrom(PictureOf(
        model, {3, 2}, false, [&s = samples](std::size_t plane, int, int) { return s[plane]; }));
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(SampleAt(*rgb, i, 2, 1), expected[i]);
  }
}

// The mean of the picture's samples that fall into block (x, y); the edge is repeated outside.
double BlockMean(std::size_t plane, int x, int y, ChromaSubsampling chroma) {
  double sum = 0;
  for (int row = y * chroma.vertical; row < (y + 1) * chroma.vertical; ++row) {
    for (int column = x * chroma.horizontal; column < (x + 1) * chroma.horizontal; ++column) {
      sum += NoiseSample(plane, std::min(column, kSize.width - 1), std::min(row, kSize.height - 1));
    }
  }
  return sum / (chroma.horizontal * chroma.vertical);
}

TEST(YCbCrFromRgb, FollowsJfifAndAveragesChroma) {
  const PlanarImage rgb = PictureOf(ColorModel::kRgb, kSize, false, NoiseSample);
  for (const ChromaSubsampling chroma :
       {ChromaSubsampling{1, 1}, {2, 1}, {1, 2}, {2, 2}, {4, 1}, {4, 2}, {1, 4}, {4, 4}}) {
    const auto ycc = YCbCrFromRgb(rgb, chroma);
    ASSERT_TRUE(ycc);
    EXPECT_EQ(ycc->model, ColorModel::kYCbCr);
    EXPECT_EQ(ycc->chroma, chroma);
    for (int y = 0; y < kSize.height; ++y) {
      for (int x = 0; x < kSize.width; ++x) {
        const double luma = 0.299 * NoiseSample(0, x, y) + 0.587 * NoiseSample(1, x, y) +
                            0.114 * NoiseSample(2, x, y);
        ASSERT_NEAR(SampleAt(*ycc, 0, x, y), luma, 0.55);
      }
    }
    EXPECT_EQ(ycc->planes[1].width(), (kSize.width + chroma.horizontal - 1) / chroma.horizontal);
    EXPECT_EQ(ycc->planes[1].height(), (kSize.height + chroma.vertical - 1) / chroma.vertical);
    EXPECT_EQ(ycc->planes[2].size(), ycc->planes[1].size());
    for (int y = 0; y < ycc->planes[1].height(); ++y) {
      for (int x = 0; x < ycc->planes[1].width(); ++x) {
        const double r = BlockMean(0, x, y, chroma);
        const double g = BlockMean(1, x, y, chroma);
        const double b = BlockMean(2, x, y, chroma);
        ASSERT_NEAR(SampleAt(*ycc, 1, x, y), 128 - 0.168736 * r - 0.331264 * g + 0.5 * b, 0.55);
        ASSERT_NEAR(SampleAt(*ycc, 2, x, y), 128 + 0.5 * r - 0.418688 * g - 0.081312 * b, 0.55);
      }
    }
  }
}

TEST(YCbCrFromRgb, ClampsTheDeepestBlueAndRed) {
  const auto extremes = [](std::size_t plane, int x, int) {
    return (x == 0) == (plane == 0) ? 255 : 0;
  };
  const auto ycc = YCbCrFromRgb(PictureOf(ColorModel::kRgb, {2, 1}, false, extremes), {1, 1});
  EXPECT_EQ(SampleAt(*ycc, 2, 0, 0), 255);  // red: 255.5 by the formula
}

TEST(YCbCrFromRgb, LeavesGrayExactlyNeutral) {
  const PlanarImage gray =
      PictureOf(ColorModel::kRgb, {256, 3}, false, [](std::size_t, int x, int) { return x; });
  const auto ycc = YCbCrFromRgb(gray, {1, 1});
  for (int x = 0; x < 256; ++x) {
    EXPECT_EQ(SampleAt(*ycc, 0, x, 1), x);
    EXPECT_EQ(SampleAt(*ycc, 1, x, 1), 128);
    EXPECT_EQ(SampleAt(*ycc, 2, x, 1), 128);
  }
}

TEST(YCbCrFromRgb, TakesThePictureOfOnePixel) {
  const auto ycc = YCbCrFromRgb(PictureOf(ColorModel::kRgb, {1, 1}, false, NoiseSample), {2, 2});
  ASSERT_TRUE(ycc);
  EXPECT_EQ(ycc->planes[1].size(), (Size{1, 1}));
}

TEST(YCbCrFromRgb, IsUndoneByRgbFromWithinTwo) {
  const PlanarImage rgb = PictureOf(ColorModel::kRgb, kSize, false, NoiseSample);
  const auto again = RgbFrom(*YCbCrFromRgb(rgb, {1, 1}));
  ExpectRgb(*again, 2, [](const std::array<double, 4>& s) { return Color{s[0], s[1], s[2]}; });
}

TEST(GrayFromRgb, IsTheLumaAndKeepsAlpha) {
  const auto gray = GrayFromRgb(PictureOf(ColorModel::kRgb, kSize, true, NoiseSample));
  ASSERT_TRUE(gray);
  EXPECT_EQ(gray->model, ColorModel::kGray);
  ASSERT_EQ(gray->planes.size(), 2U);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const double luma = 0.299 * NoiseSample(0, x, y) + 0.587 * NoiseSample(1, x, y) +
                          0.114 * NoiseSample(2, x, y);
      ASSERT_NEAR(SampleAt(*gray, 0, x, y), luma, 0.55);
      ASSERT_EQ(SampleAt(*gray, 1, x, y), NoiseSample(3, x, y));
    }
  }
}

}  // namespace
}  // namespace thimble
