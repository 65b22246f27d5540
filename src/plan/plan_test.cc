#include "plan/plan.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

SourceInfo Jpeg(int width, int height, Orientation orientation = Orientation::kUpright) {
  SourceInfo info;
  info.format = ImageFormat::kJpeg;
  info.size = {width, height};
  info.orientation = orientation;
  info.model = ColorModel::kYCbCr;
  info.chroma = {2, 2};
  return info;
}

SourceInfo Png(int width, int height, ColorModel model, bool has_alpha) {
  SourceInfo info;
  info.format = ImageFormat::kPng;
  info.size = {width, height};
  info.model = model;
  info.has_alpha = has_alpha;
  return info;
}

TransformSpec Box(int width, int height, Fit fit = Fit::kContain, int quality = 80) {
  TransformSpec spec;
  spec.width = width;
  spec.height = height;
  spec.fit = fit;
  spec.quality = {quality};
  return spec;
}

Plan PlanFor(const TransformSpec& spec, const SourceInfo& info) {
  Expected<Plan> plan = MakePlan(spec, info, PictureLimits{});
  EXPECT_TRUE(plan.has_value());
  return plan.value_or(Plan{});
}

TEST(MakePlan, KeepsTheAspectRatioWhenOnlyAWidthIsAsked) {
  EXPECT_EQ(PlanFor(Box(300, 0), Jpeg(2725, 2225)).output, (Size{300, 245}));
}

TEST(MakePlan, ContainsThePictureInTheBox) {
  EXPECT_EQ(PlanFor(Box(300, 100), Jpeg(2000, 1000)).output, (Size{200, 100}));
  EXPECT_EQ(PlanFor(Box(100, 300), Jpeg(2000, 1000)).output, (Size{100, 50}));
}

TEST(MakePlan, NeverMakesASideEmpty) {
  EXPECT_EQ(PlanFor(Box(10, 0), Jpeg(5000, 2)).output, (Size{10, 1}));
}

TEST(MakePlan, DoesNotEnlargeUnlessAsked) {
  EXPECT_EQ(PlanFor(Box(1000, 0), Jpeg(200, 100)).output, (Size{200, 100}));
  TransformSpec enlarging = Box(1000, 0);
  enlarging.enlarge = true;
  EXPECT_EQ(PlanFor(enlarging, Jpeg(200, 100)).output, (Size{1000, 500}));
}

TEST(MakePlan, CoverFillsTheBoxAndCropsEvenly) {
  const Plan plan = PlanFor(Box(300, 300, Fit::kCover), Jpeg(2000, 1000));
  EXPECT_EQ(plan.output, (Size{300, 300}));
  EXPECT_EQ(plan.crop, (Region{500, 0, 1000, 1000}));
}

TEST(MakePlan, CoverOfASmallSourceKeepsTheBoxesShapeInsteadOfEnlarging) {
  const Plan plan = PlanFor(Box(1000, 1000, Fit::kCover), Jpeg(400, 200));
  EXPECT_EQ(plan.output, (Size{200, 200}));
  EXPECT_EQ(plan.crop, (Region{100, 0, 200, 200}));
}

TEST(MakePlan, FillDistorts) {
  const Plan plan = PlanFor(Box(300, 300, Fit::kFill), Jpeg(2000, 1000));
  EXPECT_EQ(plan.output, (Size{300, 300}));
  EXPECT_EQ(plan.crop, (Region{0, 0, 2000, 1000}));
}

TEST(MakePlan, FillOfASmallSourceKeepsTheBoxesShapeInsteadOfEnlarging) {
  EXPECT_EQ(PlanFor(Box(1000, 1000, Fit::kFill), Jpeg(400, 200)).output, (Size{200, 200}));
  EXPECT_EQ(PlanFor(Box(1000, 250, Fit::kFill), Jpeg(400, 200)).output, (Size{400, 100}));
  EXPECT_EQ(PlanFor(Box(300, 250, Fit::kFill), Jpeg(400, 200)).output, (Size{240, 200}));
  TransformSpec enlarging = Box(1000, 250, Fit::kFill);
  enlarging.enlarge = true;
  EXPECT_EQ(PlanFor(enlarging, Jpeg(400, 200)).output, (Size{1000, 250}));
}

TEST(MakePlan, MeasuresTheBoxUprightAndTheResultAsStored) {
  const Plan plan = PlanFor(Box(300, 0), Jpeg(4032, 3024, Orientation::kRotate90));
  EXPECT_EQ(plan.output, (Size{300, 400}));
  EXPECT_EQ(plan.result, (Size{400, 300}));
}

TEST(MakePlan, CropsARotatedPictureInStoredPixels) {
  const Plan plan = PlanFor(Box(100, 100, Fit::kCover), Jpeg(2000, 1000, Orientation::kRotate90));
  EXPECT_EQ(plan.crop, (Region{500, 0, 1000, 1000}));
}

TEST(MakePlan, LeavesEnoughShrinkingToTheResampler) {
  const auto leaves_enough = [](double shrink, int eighths) {
    return shrink * eighths / 8 >= (eighths == 1 ? 1.125 : 1.25);
  };
  for (int width = 20; width <= 4000; width += 13) {
    const Plan plan = PlanFor(Box(width, 0), Jpeg(4000, 4000));
    const double shrink = 4000.0 / plan.result.width;
    const int eighths = plan.decode_scale.eighths;
    EXPECT_TRUE(eighths == 8 || leaves_enough(shrink, eighths)) << width;
    EXPECT_TRUE(eighths == 1 || !leaves_enough(shrink, eighths - 1)) << width;
  }
}

TEST(MakePlan, LeavesMoreShrinkingOfFinePatternsToTheResampler) {
  SourceInfo info = Jpeg(4000, 4000);
  info.has_fine_pattern = true;
  for (int width = 20; width <= 4000; width += 13) {
    const Plan plan = PlanFor(Box(width, 0), info);
    const double shrink = 4000.0 / plan.result.width;
    const int eighths = plan.decode_scale.eighths;
    EXPECT_TRUE(eighths == 8 || shrink * eighths / 8 >= 3) << width;
    EXPECT_TRUE(eighths == 1 || shrink * (eighths - 1) / 8 < 3) << width;
    EXPECT_EQ(plan.decode_scale.chroma_eighths, eighths) << width;
  }
}

// So that nobody has to look for one there.
TEST(MakePlan, DecodesAtFullScaleWithFinePatternsWhereItDoesWithout) {
  SourceInfo with_pattern = Jpeg(4000, 4000);
  with_pattern.has_fine_pattern = true;
  for (int width = 20; width <= 4000; width += 13) {
    const Plan plan = PlanFor(Box(width, 0), Jpeg(4000, 4000));
    if (plan.decode_scale == DecodeScale{}) {
      EXPECT_EQ(PlanFor(Box(width, 0), with_pattern), plan) << width;
    }
  }
}

// 4:2:0 to 4:2:0: as much as luma. To full chroma, which keeps all that is stored: less. From full
// chroma to 4:2:0: more.
TEST(MakePlan, ScalesChromaByWhatItsOwnPlanesShrink) {
  TransformSpec spec = Box(1000, 0);
  SourceInfo info = Jpeg(4000, 4000);
  info.chroma = {2, 2};
  EXPECT_EQ(PlanFor(spec, info).decode_scale, (DecodeScale{3, 3}));
  spec.quality = {95};
  EXPECT_EQ(PlanFor(spec, info).decode_scale, (DecodeScale{3, 5}));
  spec.quality = {80};
  info.chroma = {1, 1};
  EXPECT_EQ(PlanFor(spec, info).decode_scale, (DecodeScale{3, 2}));
  info.chroma = {2, 1};  // its height asks for more than its width
  EXPECT_EQ(PlanFor(spec, info).decode_scale, (DecodeScale{3, 3}));
}

TEST(MakePlan, DecodesAtAScaleOnlyWhereTheFormatCan) {
  EXPECT_EQ(PlanFor(Box(100, 0), Jpeg(4000, 4000)).decode_scale.eighths, 1);
  EXPECT_EQ(PlanFor(Box(100, 0), Png(4000, 4000, ColorModel::kRgb, false)).decode_scale.eighths, 8);
}

TEST(MakePlan, KeepsTheSourcesFormatUnlessAnotherIsAsked) {
  EXPECT_EQ(PlanFor(Box(100, 0), Png(400, 400, ColorModel::kRgb, false)).format, ImageFormat::kPng);
  TransformSpec spec = Box(100, 0);
  spec.format = ImageFormat::kWebp;
  EXPECT_EQ(PlanFor(spec, Jpeg(400, 400)).format, ImageFormat::kWebp);
}

TEST(MakePlan, FallsBackToTheSourcesFormatWhereThePreferredOneCannotHoldASide) {
  TransformSpec spec = Box(20, 0);
  spec.format = ImageFormat::kWebp;
  EXPECT_EQ(PlanFor(spec, Jpeg(20, 16384)).format, ImageFormat::kWebp);  // the encoder will refuse
  spec.format.reset();
  spec.auto_format = AcceptClass::kWebp;
  EXPECT_EQ(PlanFor(spec, Jpeg(20, 16384)).format, ImageFormat::kJpeg);
  EXPECT_EQ(PlanFor(spec, Jpeg(16384, 20)).format, ImageFormat::kWebp);  // 20 px wide by then
  EXPECT_EQ(PlanFor(spec, Jpeg(20, 16383)).format, ImageFormat::kWebp);
}

TEST(MakePlan, KeepsTheSourcesFormatForAClientThatAcceptsNoOther) {
  TransformSpec spec = Box(100, 0);
  spec.auto_format = AcceptClass::kNone;
  EXPECT_EQ(PlanFor(spec, Jpeg(400, 400)).format, ImageFormat::kJpeg);
}

TEST(MakePlan, TakesJpegPlanesStraightToJpegAndWebp) {
  TransformSpec spec = Box(100, 0);
  EXPECT_EQ(PlanFor(spec, Jpeg(400, 400)).color_path, ColorPath::kPlanes);
  spec.format = ImageFormat::kWebp;
  const Plan webp = PlanFor(spec, Jpeg(400, 400));
  EXPECT_EQ(webp.color_path, ColorPath::kPlanes);
  EXPECT_EQ(webp.target_model, ColorModel::kYCbCrLimited);
}

TEST(MakePlan, ConvertsWhatHasAForeignProfile) {
  SourceInfo info = Jpeg(400, 400);
  info.icc_profile = {1};
  EXPECT_EQ(PlanFor(Box(100, 0), info).color_path, ColorPath::kConvert);
}

TEST(MakePlan, FlattensAlphaForJpegAndKeepsItElsewhere) {
  TransformSpec spec = Box(100, 0);
  const SourceInfo source = Png(400, 400, ColorModel::kRgb, true);
  EXPECT_TRUE(PlanFor(spec, source).target_has_alpha);
  spec.format = ImageFormat::kJpeg;
  EXPECT_FALSE(PlanFor(spec, source).target_has_alpha);
  EXPECT_EQ(PlanFor(spec, source).color_path, ColorPath::kConvert);
}

TEST(MakePlan, StoresFullChromaOnlyAtHighQualityAndOnlyIfTheSourceHoldsIt) {
  EXPECT_EQ(PlanFor(Box(200, 0, Fit::kContain, 80), Jpeg(400, 400)).target_chroma,
            (ChromaSubsampling{2, 2}));
  EXPECT_EQ(PlanFor(Box(200, 0, Fit::kContain, 95), Jpeg(400, 400)).target_chroma,
            (ChromaSubsampling{1, 1}));
  EXPECT_EQ(PlanFor(Box(300, 0, Fit::kContain, 95), Jpeg(400, 400)).target_chroma,
            (ChromaSubsampling{2, 2}));
}

TEST(MakePlan, RefusesSourcesOverTheLimits) {
  const auto code = [](Size size) {
    return MakePlan(Box(100, 0), Jpeg(size.width, size.height), {}).error().code;
  };
  EXPECT_EQ(code({16385, 10}), ErrorCode::kDimensionTooLarge);
  EXPECT_EQ(code({10, 16385}), ErrorCode::kDimensionTooLarge);
  EXPECT_EQ(code({8000, 8000}), ErrorCode::kTooManyPixels);
  EXPECT_TRUE(MakePlan(Box(100, 0), Jpeg(16384, 3000), {}).has_value());
}

TEST(MakePlan, RefusesResultsOverTheLimits) {
  TransformSpec spec = Box(8000, 0);
  spec.enlarge = true;
  const Expected<Plan> plan = MakePlan(spec, Jpeg(1, 16000), {});
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().code, ErrorCode::kResultTooLarge);
}

}  // namespace
}  // namespace thimble
