#include "engine/geometry.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

Plan Halving(Size source, Orientation orientation = Orientation::kUpright) {
  Plan plan;
  plan.crop = {0, 0, double(source.width), double(source.height)};
  plan.result = {(source.width + 1) / 2, (source.height + 1) / 2};
  plan.orientation = orientation;
  plan.target_chroma = {2, 2};
  return plan;
}

// Where the centre of output sample j lies, in full-size source pixels.
double CentreInSource(const AxisMap& map, int j, double pitch) {
  return ((j + 0.5) * map.scale + map.offset) * pitch;
}

TEST(MapPlane, MapsAFullSizePlaneEdgeToEdge) {
  const PlaneMap map = MapPlane(Halving({400, 300}), {{400, 300}, 1, 1}, {1, 1});
  EXPECT_EQ(map.horizontal.in_size, 400);
  EXPECT_EQ(map.horizontal.out_size, 200);
  EXPECT_DOUBLE_EQ(map.horizontal.scale, 2);
  EXPECT_DOUBLE_EQ(map.horizontal.offset, 0);
}

TEST(MapPlane, CentresChromaBetweenTheLumaSamplesItCovers) {
  const Plan plan = Halving({401, 301});
  const PlaneMap luma = MapPlane(plan, {{401, 301}, 1, 1}, {1, 1});
  const PlaneMap chroma = MapPlane(plan, {{201, 151}, 2, 2}, {2, 2});
  for (int j = 0; j < 100; ++j) {
    const double between = (CentreInSource(luma.horizontal, 2 * j, 1) +
                            CentreInSource(luma.horizontal, 2 * j + 1, 1)) /
                           2;
    EXPECT_NEAR(CentreInSource(chroma.horizontal, j, 2), between, 1e-9);
  }
}

TEST(MapPlane, IgnoresHowAScaledDecodeRoundsItsSize) {
  // 2725 at 4/8 gives 1363 samples of 2 pixels each: the last one overhangs, the scale does not.
  const Plan plan = Halving({2725, 2225});
  const PlaneMap map = MapPlane(plan, {{1363, 1113}, 2, 2}, {1, 1});
  EXPECT_DOUBLE_EQ(map.horizontal.scale * 2, 2725.0 / plan.result.width);
}

TEST(MapPlane, LetsOddChromaOverhangAtTheEndThatIsLastAfterMirroring) {
  const Plan plan = Halving({402, 302}, Orientation::kMirrorHorizontal);
  ASSERT_EQ(plan.result.width % 2, 1);
  const PlaneMap luma = MapPlane(plan, {{402, 302}, 1, 1}, {1, 1});
  const PlaneMap chroma = MapPlane(plan, {{201, 151}, 2, 2}, {2, 2});
  // Counted from the mirrored end, chroma sample 0 covers luma samples 0 and 1.
  const int last_luma = plan.result.width - 1;
  const int last_chroma = chroma.horizontal.out_size - 1;
  const double between = (CentreInSource(luma.horizontal, last_luma, 1) +
                          CentreInSource(luma.horizontal, last_luma - 1, 1)) /
                         2;
  EXPECT_NEAR(CentreInSource(chroma.horizontal, last_chroma, 2), between, 1e-9);
}

TEST(MapPlane, SharpensMeans) {
  const Plan plan = Halving({400, 300});
  PlaneLayout layout = {{50, 38}, 8, 8};
  EXPECT_EQ(MapPlane(plan, layout, {1, 1}).horizontal.sharpening, 0);
  layout.holds_means = true;
  EXPECT_GT(MapPlane(plan, layout, {1, 1}).horizontal.sharpening, 0);
  EXPECT_GT(MapPlane(plan, layout, {1, 1}).vertical.sharpening, 0);
}

TEST(MapPlane, StartsAtTheCrop) {
  Plan plan = Halving({400, 300});
  plan.crop = {100, 50, 200, 200};
  plan.result = {100, 100};
  const PlaneMap map = MapPlane(plan, {{200, 150}, 2, 2}, {1, 1});
  EXPECT_DOUBLE_EQ(map.horizontal.offset, 50);
  EXPECT_DOUBLE_EQ(map.vertical.offset, 25);
}

TEST(ResampledChroma, IsFullWhenColorsAreConverted) {
  Plan plan = Halving({400, 300});
  EXPECT_EQ(ResampledChroma(plan), (ChromaSubsampling{2, 2}));
  plan.color_path = ColorPath::kConvert;
  EXPECT_EQ(ResampledChroma(plan), (ChromaSubsampling{1, 1}));
}

TEST(ResampledChroma, IsTurnedWithThePicture) {
  Plan plan = Halving({400, 300}, Orientation::kRotate90);
  plan.target_chroma = {2, 1};
  EXPECT_EQ(ResampledChroma(plan), (ChromaSubsampling{1, 2}));
}

}  // namespace
}  // namespace thimble
