#include <gtest/gtest.h>

#include <array>
#include <set>
#include <utility>

#include "color/color.h"
#include "color/color_test_support.h"

namespace thimble {
namespace {

constexpr ColorEncoding kLinearSrgb = {kSrgbPrimaries, {.exponent = 1}};
constexpr Primaries kDisplayP3 = {kD65, {0.68, 0.32}, {0.265, 0.69}, {0.15, 0.06}};

PlanarImage OnePixel(int red, int green, int blue) {
  return PictureOf(ColorModel::kRgb, {1, 1}, false, [=](std::size_t plane, int, int) {
    return plane == 0 ? red : plane == 1 ? green : blue;
  });
}

void ExpectNear(const PlanarImage& picture, std::array<int, 3> color) {
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(picture.planes[i].row(0)[0], color[i], 1) << i;
}

TEST(IccProfileOf, SaysWhatTheNumbersSay) {
  const auto convert = [](const ColorEncoding& encoding) {
    return *SrgbFromProfile(OnePixel(230, 60, 50), IccProfileOf(encoding, ColorModel::kRgb));
  };
  ExpectNear(convert({kDisplayP3, kSrgbTransfer}), {250, 31, 34});
  ExpectNear(convert({kDisplayP3, {.exponent = 2.2}}), {251, 25, 28});
  ExpectNear(convert(kLinearSrgb), {244, 133, 122});
  EXPECT_TRUE(IsEffectivelySrgb(IccProfileOf({kSrgbPrimaries, kSrgbTransfer}, ColorModel::kRgb),
                                ColorModel::kRgb));
}

TEST(IccProfileOf, HoldsForGray) {
  PlanarImage gray =
      PictureOf(ColorModel::kGray, {1, 1}, false, [](std::size_t, int, int) { return 127; });
  gray = *SrgbFromProfile(std::move(gray), IccProfileOf(kLinearSrgb, ColorModel::kGray));
  EXPECT_NEAR(gray.planes[0].row(0)[0], 187, 1);
}

TEST(IccProfileOf, IsEmptyForPrimariesOnOneLine) {
  const Primaries line = {kD65, {0.3, 0.3}, {0.3, 0.3}, {0.3, 0.3}};
  EXPECT_TRUE(IccProfileOf({line, kSrgbTransfer}, ColorModel::kRgb).empty());
}

TEST(ReduceDepth, KeepsTheShadowsOfLinearLight) {
  for (const ColorModel model : {ColorModel::kGray, ColorModel::kRgb}) {
    const auto reduction = ReduceDepth(IccProfileOf(kLinearSrgb, model), model);
    ASSERT_TRUE(reduction);
    EXPECT_TRUE(reduction->icc_profile.empty());
    ASSERT_EQ(reduction->curves.size(), ColorPlaneCount(model));
    for (const auto& curve : reduction->curves) {
      ASSERT_EQ(curve.size(), 65'536U);
      const std::set<int> shadows(curve.begin(), curve.begin() + 65'536 * 6 / 100);
      EXPECT_GE(shadows.size(), 68U);
      EXPECT_EQ(curve.front(), 0);
      EXPECT_EQ(curve.back(), 255);
      EXPECT_EQ(curve[32'768], 188);
    }
  }
}

TEST(ReduceDepth, LeavesThePrimariesToAProfile) {
  const auto profile = IccProfileOf({kDisplayP3, {.exponent = 1.8}}, ColorModel::kRgb);
  const auto reduction = ReduceDepth(profile, ColorModel::kRgb);
  ASSERT_TRUE(reduction);
  const auto reduced = [&](std::size_t sample) { return int{reduction->curves[0][257 * sample]}; };
  const PlanarImage converted =
      *SrgbFromProfile(OnePixel(reduced(230), reduced(60), reduced(50)), reduction->icc_profile);
  const PlanarImage at_once = *SrgbFromProfile(OnePixel(230, 60, 50), profile);
  ExpectNear(converted, {at_once.planes[0].row(0)[0], at_once.planes[1].row(0)[0],
                         at_once.planes[2].row(0)[0]});
}

TEST(ReduceDepth, IsNothingForTablesAndForWhatIsNoProfile) {
  EXPECT_FALSE(ReduceDepth({}, ColorModel::kRgb));
  EXPECT_FALSE(ReduceDepth(BytesOf("no profile"), ColorModel::kGray));
  EXPECT_FALSE(ReduceDepth(SwappingRgbProfile(), ColorModel::kRgb));
}

TEST(SrgbFromProfile, ConvertsGraysByAProfileOfRgb) {
  const auto profile = IccProfileOf({kDisplayP3, {.exponent = 1.8}}, ColorModel::kRgb);
  PlanarImage gray =
      PictureOf(ColorModel::kGray, {1, 1}, false, [](std::size_t, int, int) { return 64; });
  EXPECT_FALSE(IsEffectivelySrgb(profile, ColorModel::kGray));
  gray = *SrgbFromProfile(std::move(gray), profile);
  EXPECT_EQ(gray.model, ColorModel::kGray);
  EXPECT_NEAR(gray.planes[0].row(0)[0], 81, 1);
}

}  // namespace
}  // namespace thimble
