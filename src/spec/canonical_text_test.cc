#include "spec/canonical_text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace thimble {
namespace {

TransformSpec Spec(std::int32_t width, std::int32_t height, std::int32_t quality) {
  TransformSpec spec;
  spec.width = width;
  spec.height = height;
  spec.quality = {quality};
  return spec;
}

// A line of canonical_texts.txt.
struct Example {
  std::string text;
  TransformSpec spec;
};

Example ExampleFrom(const std::string& line) {
  std::istringstream words(line);
  Example example;
  std::string fit;
  std::string format;
  words >> example.text >> example.spec.width >> example.spec.height >> fit >>
      example.spec.enlarge >> example.spec.quality.value >> format;
  example.spec.fit = FitFromName(fit).value();
  if (format == "auto-none") example.spec.auto_format = AcceptClass::kNone;
  if (format == "auto-webp") example.spec.auto_format = AcceptClass::kWebp;
  example.spec.format = ImageFormatFromName(format);
  return example;
}

std::vector<Example> Examples() {
  std::ifstream file(THIMBLE_CANONICAL_TEXTS);
  std::vector<Example> examples;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') examples.push_back(ExampleFrom(line));
  }
  return examples;
}

// Every combination of options with a few boxes.
std::vector<TransformSpec> ManySpecs() {
  std::vector<TransformSpec> specs;
  for (const TransformSpec& box : {Spec(300, 200, 80), Spec(30, 0, 100), Spec(0, kMaxBoxSide, 1)}) {
    for (const Fit fit : {Fit::kContain, Fit::kCover, Fit::kFill}) {
      if (fit != Fit::kContain && (box.width == 0 || box.height == 0)) continue;
      for (const bool enlarge : {false, true}) {
        TransformSpec spec = box;
        spec.fit = fit;
        spec.enlarge = enlarge;
        specs.push_back(spec);
        for (const ImageFormat format :
             {ImageFormat::kJpeg, ImageFormat::kPng, ImageFormat::kWebp}) {
          specs.push_back(spec);
          specs.back().format = format;
        }
        for (const AcceptClass accepted : {AcceptClass::kNone, AcceptClass::kWebp}) {
          specs.push_back(spec);
          specs.back().auto_format = accepted;
        }
      }
    }
  }
  return specs;
}

TEST(CanonicalText, StaysWhatItIs) {
  const std::vector<Example> examples = Examples();
  ASSERT_GE(examples.size(), 16u);
  for (const Example& example : examples) {
    EXPECT_EQ(CanonicalText(example.spec), example.text);
    const auto parsed = ParseCanonicalText(example.text);
    ASSERT_TRUE(parsed) << example.text;
    EXPECT_EQ(*parsed, example.spec) << example.text;
  }
}

TEST(CanonicalText, GivesTheSpecBackAndDiffersWhereAnyFieldDiffers) {
  const std::vector<TransformSpec> specs = ManySpecs();
  std::set<std::string> texts;
  for (const TransformSpec& spec : specs) {
    const std::string text = CanonicalText(spec);
    EXPECT_LE(text.size(), kMaxSpecText);
    const auto parsed = ParseCanonicalText(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, spec) << text;
    texts.insert(text);
  }
  EXPECT_EQ(texts.size(), specs.size());
}

TEST(CanonicalText, IsOneForAllFitsOfASingleSide) {
  for (const Fit fit : {Fit::kContain, Fit::kCover, Fit::kFill}) {
    TransformSpec spec = Spec(300, 0, 80);
    spec.fit = fit;
    EXPECT_EQ(CanonicalText(spec), "w300_q80");
  }
}

TEST(ParseCanonicalText, TakesNoOtherText) {
  for (const char* text : {"",
                           "_",
                           "w300",
                           "q80",
                           "w300_q80_",
                           "_w300_q80",
                           "w300__q80",
                           "w0300_q80",
                           "w+300_q80",
                           "w-300_q80",
                           "w300_q080",
                           "w300_q0",
                           "w300_q101",
                           "w0_q80",
                           "w0_h200_q80",
                           "w300_h0_q80",
                           "h200_w300_q80",
                           "q80_w300",
                           "w300_contain_q80",
                           "w300_cover_q80",
                           "w300_h200_cover_fill_q80",
                           "w300_enlarge_cover_h200_q80",
                           "w300_h200_enlarge_cover_q80",
                           "w300_q80_jpg",
                           "w300_q80_source",
                           "w300_q80_auto",
                           "w300_q80_auto-webp_webp",
                           "w300_q80_webp_auto-webp",
                           "w300_q80_webp_webp",
                           "w300_webp_q80",
                           "W300_q80",
                           "w300 q80",
                           "w300_q80 ",
                           "w300_q80.5",
                           "w1000001_q80",
                           "w4294967596_q80",
                           "w99999999999999999999_q80",
                           "w300_q80_avif",
                           "w_q80",
                           "w300 h0 contain q80 source"}) {
    const auto parsed = ParseCanonicalText(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kBadParameter) << text;
  }
  EXPECT_FALSE(ParseCanonicalText(std::string_view("w300_q80\0", 9)));
  EXPECT_FALSE(ParseCanonicalText(std::string(1'000'000, 'w')));
}

}  // namespace
}  // namespace thimble
