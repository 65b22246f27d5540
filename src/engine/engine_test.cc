#include "engine/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

#include "engine/picture_test_support.h"

namespace thimble {
namespace {

constexpr Color kRed = {220, 30, 30, 255};
constexpr Color kGreen = {30, 200, 30, 255};
constexpr Color kBlue = {30, 30, 220, 255};
constexpr Color kWhite = {250, 250, 250, 255};

// Red and green above, blue and white below: tells every orientation from every other.
Painter Quadrants(Size size) {
  return [size](int x, int y) {
    const bool right = x >= size.width / 2;
    const bool below = y >= size.height / 2;
    if (below) return right ? kWhite : kBlue;
    return right ? kGreen : kRed;
  };
}

Expected<Bytes> Resized(const Bytes& source, const TransformSpec& spec,
                        const PictureLimits& limits = {}) {
  Bytes out(4u << 20);
  THIMBLE_TRY(const ResizeOutcome outcome, ResizePicture(source, spec, limits, out));
  out.resize(outcome.bytes);
  return out;
}

DecodedPicture Picture(const Bytes& source, const TransformSpec& spec) {
  const Expected<Bytes> result = Resized(source, spec);
  EXPECT_TRUE(result.has_value()) << (result ? "" : SlugOf(result.error().code));
  return DecodedPicture::From(result.value()).value();
}

void ExpectNear(Color got, Color want, int tolerance, const char* where) {
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(got[i], want[i], tolerance) << where << " channel " << i;
}

void ExpectCorners(const DecodedPicture& picture, std::array<Color, 4> corners) {
  const int x = picture.size().width / 4;
  const int y = picture.size().height / 4;
  ExpectNear(picture.at(x, y), corners[0], 6, "upper left");
  ExpectNear(picture.at(picture.size().width - 1 - x, y), corners[1], 6, "upper right");
  ExpectNear(picture.at(x, picture.size().height - 1 - y), corners[2], 6, "lower left");
  ExpectNear(picture.at(picture.size().width - 1 - x, picture.size().height - 1 - y), corners[3], 6,
             "lower right");
}

class EveryPairOfFormats : public testing::TestWithParam<std::tuple<ImageFormat, ImageFormat>> {};

TEST_P(EveryPairOfFormats, KeepsColorsAndAspectRatio) {
  const auto [from, to] = GetParam();
  const Size size = {403, 301};
  const Bytes source = from == ImageFormat::kJpeg  ? PaintedJpeg(size, Quadrants(size))
                       : from == ImageFormat::kPng ? PaintedPng(size, Quadrants(size))
                                                   : PaintedWebp(size, Quadrants(size));
  const DecodedPicture picture = Picture(source, Width(101, to));
  EXPECT_EQ(picture.format(), to);
  EXPECT_EQ(picture.size(), (Size{101, 75}));
  ExpectCorners(picture, {kRed, kGreen, kBlue, kWhite});
}

constexpr auto kAllFormats = {ImageFormat::kJpeg, ImageFormat::kPng, ImageFormat::kWebp};
INSTANTIATE_TEST_SUITE_P(Engine, EveryPairOfFormats,
                         testing::Combine(testing::ValuesIn(kAllFormats),
                                          testing::ValuesIn(kAllFormats)));

TEST(ResizePicture, KeepsTheSourcesFormatByDefault) {
  const Size size = {64, 64};
  EXPECT_EQ(Picture(PaintedPng(size, Quadrants(size)), Width(32)).format(), ImageFormat::kPng);
  EXPECT_EQ(Picture(PaintedWebp(size, Quadrants(size)), Width(32)).format(), ImageFormat::kWebp);
}

TEST(ResizePicture, TurnsEveryOrientationUpright) {
  const Size size = {240, 160};
  const std::array<std::array<Color, 4>, 8> corners = {{
      {kRed, kGreen, kBlue, kWhite},
      {kGreen, kRed, kWhite, kBlue},
      {kWhite, kBlue, kGreen, kRed},
      {kBlue, kWhite, kRed, kGreen},
      {kRed, kBlue, kGreen, kWhite},
      {kBlue, kRed, kWhite, kGreen},
      {kWhite, kGreen, kBlue, kRed},
      {kGreen, kWhite, kRed, kBlue},
  }};
  for (std::uint32_t value = 1; value <= 8; ++value) {
    SCOPED_TRACE(value);
    const Orientation orientation = OrientationFromExif(value);
    const Bytes source = WithExifOrientation(PaintedJpeg(size, Quadrants(size)), orientation);
    const DecodedPicture picture = Picture(source, Width(61));
    EXPECT_EQ(picture.size(), SwapsSides(orientation) ? (Size{61, 92}) : (Size{61, 41}));
    ExpectCorners(picture, corners[value - 1]);
  }
}

TEST(ResizePicture, CropsEvenlyForCover) {
  const Size size = {400, 200};
  // Only the middle half is green; a square crop must see nothing else.
  const Painter middle = [](int x, int) { return x >= 100 && x < 300 ? kGreen : kRed; };
  TransformSpec spec = Width(50, ImageFormat::kPng);
  spec.height = 50;
  spec.fit = Fit::kCover;
  const DecodedPicture picture = Picture(PaintedPng(size, middle), spec);
  EXPECT_EQ(picture.size(), (Size{50, 50}));
  ExpectNear(picture.at(3, 25), kGreen, 2, "left");
  ExpectNear(picture.at(46, 25), kGreen, 2, "right");
}

TEST(ResizePicture, HidesWhatLiesUnderTransparency) {
  // An opaque green disc on transparent red: no red may appear in the soft edge.
  const Painter disc = [](int x, int y) {
    const bool inside = std::hypot(x - 100, y - 100) < 60;
    return inside ? Color{0, 200, 0, 255} : Color{255, 0, 0, 0};
  };
  const DecodedPicture picture = Picture(PaintedPng({200, 200}, disc, true), Width(37));
  ASSERT_TRUE(picture.has_alpha());
  int edge_pixels = 0;
  for (int y = 0; y < 37; ++y) {
    for (int x = 0; x < 37; ++x) {
      const Color color = picture.at(x, y);
      if (color[3] > 8 && color[3] < 247) ++edge_pixels;
      if (color[3] > 8)
        ExpectNear({color[0], color[1], color[2], 255}, {0, 200, 0, 255}, 16, "disc");
    }
  }
  EXPECT_GT(edge_pixels, 20);
}

TEST(ResizePicture, FlattensTransparencyOnWhiteForJpeg) {
  const Painter clear = [](int x, int) { return x < 50 ? Color{0, 0, 0, 0} : kBlue; };
  const DecodedPicture picture =
      Picture(PaintedPng({100, 100}, clear, true), Width(50, ImageFormat::kJpeg));
  ExpectNear(picture.at(10, 25), {255, 255, 255, 255}, 3, "transparent half");
  ExpectNear(picture.at(40, 25), kBlue, 6, "opaque half");
}

TEST(ResizePicture, KeepsTransparencyFromWebpToWebp) {
  const Painter half = [](int x, int) {
    return x < 50 ? Color{40, 180, 90, 128} : Color{200, 60, 60, 255};
  };
  const DecodedPicture picture =
      Picture(PaintedWebp({100, 100}, half, true), Width(50, ImageFormat::kWebp));
  ASSERT_TRUE(picture.has_alpha());
  ExpectNear(picture.at(10, 25), {40, 180, 90, 128}, 6, "half transparent");
  ExpectNear(picture.at(40, 25), {200, 60, 60, 255}, 6, "opaque");
}

// Alphas of every kind over 90 x 70 pixels: soft and hard edges, thin lines, dots, next to nothing.
using AlphaShape = std::uint8_t (*)(int x, int y);
constexpr std::array<AlphaShape, 5> kAlphaShapes = {
    [](int x, int y) -> std::uint8_t { return std::hypot(x - 45, y - 35) < 28 ? 255 : 0; },
    [](int x, int y) -> std::uint8_t { return x % 9 == 0 || y % 7 == 0 ? 255 : 0; },
    [](int x, int y) -> std::uint8_t {
      return static_cast<std::uint8_t>((x * 7919 ^ y * 104729) & 255);
    },
    [](int x, int y) -> std::uint8_t { return static_cast<std::uint8_t>(std::max(0, 3 * x - y)); },
    [](int x, int y) -> std::uint8_t { return x > 20 && y > 10 && x < 70 ? 3 : 0; },
};
constexpr std::array<Color, 4> kFlatColors = {
    {{128, 128, 128, 0}, {230, 60, 50, 0}, {10, 90, 240, 0}, {255, 255, 255, 0}}};

// One colour wherever there is alpha.
Painter FlatUnder(AlphaShape shape, Color color, Color hidden) {
  return [=](int x, int y) {
    const std::uint8_t alpha = shape(x, y);
    const Color& seen = alpha == 0 ? hidden : color;
    return Color{seen[0], seen[1], seen[2], alpha};
  };
}

void ExpectFlat(const DecodedPicture& picture, Color color, int tolerance, const char* what) {
  for (int y = 0; y < picture.size().height; ++y) {
    for (int x = 0; x < picture.size().width; ++x) {
      const Color got = picture.at(x, y);
      if (got[3] == 0) continue;
      for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_NEAR(got[i], color[i], tolerance)
            << what << ": channel " << i << " at " << x << "," << y << " alpha " << int{got[3]};
      }
    }
  }
}

class FlatColor : public testing::TestWithParam<int> {};

TEST_P(FlatColor, StaysThatColorUnderEveryAlpha) {
  TransformSpec spec = Width(GetParam());
  spec.enlarge = true;
  for (const Color color : kFlatColors) {
    for (const AlphaShape shape : kAlphaShapes) {
      const Bytes png = PaintedPng({90, 70}, FlatUnder(shape, color, {255, 0, 255, 0}), true);
      spec.format = ImageFormat::kPng;
      ExpectFlat(Picture(png, spec), color, 1, "PNG to PNG");
      spec.format = ImageFormat::kWebp;
      ExpectFlat(Picture(png, spec), color, 6, "PNG to WebP");
    }
  }
}

// Lossy sources are not quite flat themselves: their small differences may not grow where positive
// and negative weights of alpha all but cancel each other.
TEST_P(FlatColor, FromLossyWebpStaysThatColorUnderEveryAlpha) {
  TransformSpec spec = Width(GetParam());
  spec.enlarge = true;
  for (const Color color : kFlatColors) {
    for (const AlphaShape shape : kAlphaShapes) {
      const Bytes webp = PaintedWebp({90, 70}, FlatUnder(shape, color, color), true);
      spec.format = ImageFormat::kPng;
      ExpectFlat(Picture(webp, spec), color, 6, "WebP to PNG");
      spec.format = ImageFormat::kWebp;
      ExpectFlat(Picture(webp, spec), color, 6, "WebP to WebP");
    }
  }
}

TEST_P(FlatColor, LaidOnWhiteIsBetweenItselfAndWhite) {
  TransformSpec spec = Width(GetParam(), ImageFormat::kJpeg);
  spec.enlarge = true;
  spec.quality = {100};
  for (const AlphaShape shape : kAlphaShapes) {
    const Color color = {128, 128, 128, 0};
    const DecodedPicture picture =
        Picture(PaintedPng({90, 70}, FlatUnder(shape, color, {255, 0, 255, 0}), true), spec);
    for (int y = 0; y < picture.size().height; ++y) {
      for (int x = 0; x < picture.size().width; ++x) {
        for (std::size_t i = 0; i < 3; ++i) ASSERT_GE(picture.at(x, y)[i], 128 - 4);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryScale, FlatColor, testing::Values(7, 30, 45, 60, 89, 91, 150, 300));

TEST(ResizePicture, KeepsEveryPixelOfAnUnresizedPictureWithAlpha) {
  const Painter ramp = [](int x, int y) {
    return Color{static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(255 - x),
                 static_cast<std::uint8_t>(3 * y), static_cast<std::uint8_t>(x + y)};
  };
  const DecodedPicture picture = Picture(PaintedPng({256, 64}, ramp, true), Width(256));
  TransformSpec cropped = Width(256);
  cropped.height = 32;
  cropped.fit = Fit::kCover;
  const DecodedPicture middle = Picture(PaintedPng({256, 64}, ramp, true), cropped);
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 256; ++x) {
      ASSERT_EQ(picture.at(x, y), ramp(x, y));
      ASSERT_EQ(middle.at(x, y), ramp(x, y + 16));
    }
  }
}

TEST(ResizePicture, RefusesWhatIsNoPicture) {
  const Bytes text = {'h', 'e', 'l', 'l', 'o'};
  EXPECT_EQ(Resized(text, Width(10)).error().code, ErrorCode::kUnsupportedFormat);
  EXPECT_EQ(Resized({}, Width(10)).error().code, ErrorCode::kUnsupportedFormat);
}

TEST(ResizePicture, RefusesTruncatedPictures) {
  const Size size = {300, 300};
  for (Bytes source : {PaintedJpeg(size, Quadrants(size)), PaintedPng(size, Quadrants(size)),
                       PaintedWebp(size, Quadrants(size))}) {
    source.resize(source.size() / 2);
    const Expected<Bytes> result = Resized(source, Width(100));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kCorruptImage);
  }
}

TEST(ResizePicture, ChecksTheLimitsBeforeDecoding) {
  const Size size = {300, 200};
  PictureLimits limits;
  limits.max_pixels = 59'999;
  EXPECT_EQ(Resized(PaintedJpeg(size, Quadrants(size)), Width(10), limits).error().code,
            ErrorCode::kTooManyPixels);
  limits.max_side = 299;
  EXPECT_EQ(Resized(PaintedPng(size, Quadrants(size)), Width(10), limits).error().code,
            ErrorCode::kDimensionTooLarge);
}

TEST(ResizePicture, SaysWhenTheResultDoesNotFit) {
  const Painter busy = [](int x, int y) {
    const auto hash = static_cast<unsigned>(x * 7919 + y * 104729);
    return Color{static_cast<std::uint8_t>(hash * hash >> 8), static_cast<std::uint8_t>(hash), 90,
                 255};
  };
  const Bytes source = PaintedJpeg({300, 300}, busy);
  Bytes small(500);
  for (const ImageFormat format : kAllFormats) {
    const auto outcome = ResizePicture(source, Width(200, format), {}, small);
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::kResultTooLarge);
  }
}

TEST(ResizePicture, HandlesTheSmallestPictures) {
  const Painter red = [](int, int) { return kRed; };
  for (const Size size : {Size{1, 1}, Size{1, 50}, Size{50, 1}, Size{2, 2}, Size{17, 3}}) {
    for (const ImageFormat format : kAllFormats) {
      const DecodedPicture picture = Picture(PaintedJpeg(size, red), Width(10, format));
      EXPECT_EQ(picture.size().width, std::min(size.width, 10));
      ExpectNear(picture.at(0, 0), kRed, 8, "only pixel");
    }
  }
}

TEST(WarmUpEngine, Succeeds) { EXPECT_TRUE(WarmUpEngine().has_value()); }

}  // namespace
}  // namespace thimble
