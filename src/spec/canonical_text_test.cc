#include "spec/canonical_text.h"

#include <gtest/gtest.h>

#include <set>

namespace thimble {
namespace {

TransformSpec Spec(std::int32_t width, std::int32_t quality) {
  TransformSpec spec;
  spec.width = width;
  spec.quality = {quality};
  return spec;
}

TEST(CanonicalText, IsStable) {
  // Entity tags and caches on disk hold these texts: changing one makes every kept answer stale.
  EXPECT_EQ(CanonicalText(Spec(300, 80)), "w300 h0 contain q80 source");
  EXPECT_EQ(CanonicalText({.width = 300,
                           .height = 200,
                           .fit = Fit::kCover,
                           .enlarge = true,
                           .quality = {100},
                           .format = ImageFormat::kWebp}),
            "w300 h200 cover enlarge q100 webp");
  TransformSpec preferred = Spec(300, 80);
  preferred.format = ImageFormat::kWebp;
  preferred.format_may_fall_back = true;
  EXPECT_EQ(CanonicalText(preferred), "w300 h0 contain q80 prefer-webp");
}

TEST(CanonicalText, DiffersWhereAnyFieldDiffers) {
  TransformSpec base = Spec(11, 1);
  base.height = 1;
  TransformSpec other_width = base;
  other_width.width = 1;
  TransformSpec other_height = base;
  other_height.height = 11;
  TransformSpec cover = base;
  cover.fit = Fit::kCover;
  TransformSpec fill = base;
  fill.fit = Fit::kFill;
  TransformSpec enlarge = base;
  enlarge.enlarge = true;
  TransformSpec other_quality = base;
  other_quality.quality = {11};
  TransformSpec jpeg = base;
  jpeg.format = ImageFormat::kJpeg;
  TransformSpec png = base;
  png.format = ImageFormat::kPng;
  TransformSpec prefer_png = png;
  prefer_png.format_may_fall_back = true;
  std::set<std::string> texts;
  for (const TransformSpec& spec : {base, other_width, other_height, cover, fill, enlarge,
                                    other_quality, jpeg, png, prefer_png}) {
    texts.insert(CanonicalText(spec));
  }
  EXPECT_EQ(texts.size(), 10U);
}

}  // namespace
}  // namespace thimble
