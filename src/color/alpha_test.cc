#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "color/color.h"
#include "color/test_support.h"

namespace thimble {
namespace {

using Row = std::array<std::uint8_t, 256>;

Row AllSamples() {
  Row row{};
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<std::uint8_t>(i);
  return row;
}

Row Filled(int value) {
  Row row{};
  row.fill(static_cast<std::uint8_t>(value));
  return row;
}

TEST(PremultiplyRow, RoundsEveryProductExactly) {
  for (int alpha = 0; alpha <= 255; ++alpha) {
    Row samples = AllSamples();
    PremultiplyRow(samples, Filled(alpha));
    for (int sample = 0; sample <= 255; ++sample) {
      ASSERT_EQ(samples[static_cast<std::size_t>(sample)], std::lround(sample * alpha / 255.0))
          << sample << " * " << alpha;
    }
  }
}

TEST(UnpremultiplyRow, RoundsEveryQuotientExactlyAndClamps) {
  for (int alpha = 1; alpha <= 255; ++alpha) {
    Row samples = AllSamples();
    UnpremultiplyRow(samples, Filled(alpha), 0);
    for (int sample = 0; sample <= 255; ++sample) {
      const long exact = std::lround(sample * 255.0 / alpha);
      ASSERT_EQ(samples[static_cast<std::size_t>(sample)], std::min(exact, 255L))
          << sample << " / " << alpha;
    }
  }
}

TEST(UnpremultiplyRow, GivesTheNeutralSampleWhereNothingIsVisible) {
  Row samples = AllSamples();
  UnpremultiplyRow(samples, Filled(0), 128);
  EXPECT_EQ(samples, Filled(128));
}

TEST(UnpremultiplyRow, RestoresSamplesWithinHalfAStepOfAlpha) {
  for (int alpha = 1; alpha <= 255; ++alpha) {
    Row samples = AllSamples();
    PremultiplyRow(samples, Filled(alpha));
    UnpremultiplyRow(samples, Filled(alpha), 0);
    const double bound = 0.5 * 255 / alpha + 0.5;
    for (int sample = 0; sample <= 255; ++sample) {
      ASSERT_LE(std::abs(samples[static_cast<std::size_t>(sample)] - sample), bound) << alpha;
    }
  }
}

TEST(FlattenOnWhite, MixesWithWhiteByAlphaAndDropsTheAlphaPlane) {
  for (const ColorModel model : {ColorModel::kRgb, ColorModel::kGray}) {
    PlanarImage picture = PictureOf(model, {61, 7}, true, NoiseSample);
    FlattenOnWhite(picture);
    EXPECT_FALSE(picture.has_alpha);
    ASSERT_EQ(picture.planes.size(), ColorPlaneCount(model));
    for (std::size_t plane = 0; plane < picture.planes.size(); ++plane) {
      for (int y = 0; y < 7; ++y) {
        for (int x = 0; x < 61; ++x) {
          const double alpha = NoiseSample(ColorPlaneCount(model), x, y) / 255.0;
          const double exact = NoiseSample(plane, x, y) * alpha + 255 * (1 - alpha);
          ASSERT_LE(std::abs(picture.planes[plane].row(y)[static_cast<std::size_t>(x)] - exact),
                    0.501);
        }
      }
    }
  }
}

}  // namespace
}  // namespace thimble
