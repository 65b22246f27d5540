#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <utility>

#include "color/color.h"
#include "color/color_test_support.h"

namespace thimble {
namespace {

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

std::uint8_t SampleAt(const Plane& plane, int x, int y) {
  return plane.row(y)[static_cast<std::size_t>(x)];
}

// A flat colour on both sides of nothing, 50 pixels away from each other.
PlanarImage TwoStripesApart(ColorModel model, ChromaSubsampling chroma) {
  PlanarImage picture;
  picture.size = {151, 37};
  picture.model = model;
  picture.has_alpha = true;
  picture.chroma = chroma;
  const Size chroma_size = {DivideUp(151, chroma.horizontal), DivideUp(37, chroma.vertical)};
  const Size sizes[] = {picture.size, chroma_size, chroma_size, picture.size};
  for (std::size_t i = 0; i < 4; ++i) {
    Plane plane = *Plane::Create(sizes[i]);
    const int pixels = picture.size.width / (i == 1 || i == 2 ? chroma.horizontal : 1);
    for (int y = 0; y < plane.height(); ++y) {
      for (int x = 0; x < plane.width(); ++x) {
        const bool seen = x < pixels / 3 || x >= pixels * 2 / 3;
        const int sample = i == 3 ? 1 + x % 255 : 60 + static_cast<int>(i);
        plane.mutable_row(y)[static_cast<std::size_t>(x)] =
            static_cast<std::uint8_t>(seen ? sample : 0);
      }
    }
    picture.planes.push_back(std::move(plane));
  }
  return picture;
}

TEST(FillTransparent, ContinuesAFlatColorWhereNothingIsSeen) {
  for (const ChromaSubsampling chroma : {ChromaSubsampling{1, 1}, {2, 2}}) {
    const ColorModel model = chroma.horizontal == 1 ? ColorModel::kRgb : ColorModel::kYCbCrLimited;
    PlanarImage picture = TwoStripesApart(model, chroma);
    ASSERT_TRUE(FillTransparent(picture));
    for (std::size_t i = 0; i < 3; ++i) {
      for (int y = 0; y < picture.planes[i].height(); ++y) {
        for (int x = 0; x < picture.planes[i].width(); ++x) {
          ASSERT_EQ(SampleAt(picture.planes[i], x, y), 60 + i) << x << " " << y;
        }
      }
    }
  }
}

TEST(FillTransparent, LeavesAloneWhatIsSeenAndAlpha) {
  PlanarImage picture = PictureOf(ColorModel::kRgb, {61, 37}, true, NoiseSample);
  ASSERT_TRUE(FillTransparent(picture));
  for (std::size_t i = 0; i < 4; ++i) {
    for (int y = 0; y < 37; ++y) {
      for (int x = 0; x < 61; ++x) {
        if (i < 3 && NoiseSample(3, x, y) == 0) continue;
        ASSERT_EQ(SampleAt(picture.planes[i], x, y), NoiseSample(i, x, y));
      }
    }
  }
}

TEST(FillTransparent, LeavesAPictureOfNothingAsItIs) {
  PlanarImage picture = PictureOf(ColorModel::kGray, {20, 20}, true,
                                  [](std::size_t plane, int, int) { return plane == 0 ? 9 : 0; });
  ASSERT_TRUE(FillTransparent(picture));
  EXPECT_EQ(SampleAt(picture.planes[0], 10, 10), 9);
}

}  // namespace
}  // namespace thimble
