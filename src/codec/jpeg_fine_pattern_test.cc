// What counts as a fine pattern, in each arrangement of a JPEG that can be sampled.
#include "codec/jpeg_fine_pattern.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include "codec/codecs.h"
#include "codec/jpeg_test_support.h"

namespace thimble {
namespace {

constexpr Size kSize = {480, 320};

bool IsFinePattern(ByteSpan jpeg, JpegMethod method = JpegMethod::kFastest) {
  const auto decoder = OpenJpegDecoder(jpeg, {.jpeg_method = method});
  EXPECT_TRUE(decoder);
  return decoder && (*decoder)->HoldsFinePattern();
}

// The amplitude in gray levels at points `along` pixels across stripes of a period.
double Stripe(double along, double period, double amplitude = 110) {
  return std::sin(2 * std::numbers::pi * (along + 0.3) / period) < 0 ? -amplitude : amplitude;
}

TestPicture Stripes(double period, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  return [=](int component, double x, double y) {
    if (component > 0) return 128.0;
    return 128 + Stripe(x * std::cos(angle) + y * std::sin(angle), period);
  };
}

// Dots on a screen that is turned; they grow from left to right, as in a printed gradient.
TestPicture Dots(double period, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  return [=](int component, double x, double y) {
    if (component > 0) return 128.0;
    const double u = 2 * std::numbers::pi * (x * std::cos(angle) + y * std::sin(angle)) / period;
    const double v = 2 * std::numbers::pi * (y * std::cos(angle) - x * std::sin(angle)) / period;
    const double ink = (std::cos(u) + std::cos(v)) / 2 - (0.5 - x / kSize.width);
    return 128 - 90 * std::tanh(4 * ink);
  };
}

constexpr std::size_t kTile = 256;

// A function of its own, since compilers try to evaluate a lambda here while they compile.
std::vector<double> DrawTile() {
  std::vector<double> tile(kTile * kTile);
  for (std::size_t i = 0; i < tile.size(); ++i) {
    const std::size_t row = i / kTile;
    const auto x = static_cast<double>(i % kTile);
    const auto y = static_cast<double>(row);
    for (int wave = 1; wave < 40; ++wave) {
      // Whole waves in the tile, in directions that are all over the place.
      const double across = std::round(wave * 1.8 * std::cos(wave * 2.4));
      const double down = std::round(wave * 1.8 * std::sin(wave * 2.4));
      tile[i] += 9 / std::sqrt(wave) *
                 std::sin(2 * std::numbers::pi * (x * across + y * down) / kTile + wave);
    }
  }
  return tile;
}

// Detail of all sizes, less of it the finer it is, as in photographs; it repeats itself.
double Texture(double x, double y) {
  static const std::vector<double> one_tile = DrawTile();
  return one_tile[static_cast<std::size_t>(y) % kTile * kTile +
                  static_cast<std::size_t>(x) % kTile];
}

struct Arrangement {
  std::string name;
  TestJpeg jpeg;
};

std::vector<Arrangement> Arrangements() {
  const std::vector<SamplingFactors> one = {{1, 1}};
  const std::vector<SamplingFactors> full = {{1, 1}, {1, 1}, {1, 1}};
  std::vector<Arrangement> all = {
      {"gray", {.size = kSize, .color_space = JCS_GRAYSCALE, .sampling = one}},
      {"4:2:0", {.size = kSize}},
      {"4:4:4", {.size = kSize, .sampling = full}},
      {"RGB", {.size = kSize, .color_space = JCS_RGB, .sampling = full}},
      {"restart markers", {.size = kSize, .restart_rows = 1}},
      {"a scan for each component", {.size = kSize, .scan_per_component = true}},
      {"progressive", {.size = kSize, .progressive = true}},
      {"progressive 4:4:4", {.size = kSize, .sampling = full, .progressive = true}},
  };
  for (Arrangement& arrangement : all) arrangement.jpeg.quality = 85;
  return all;
}

TEST(FinePattern, IsSeenInStripes) {
  for (const Arrangement& arrangement : Arrangements()) {
    for (const double period : {3.0, 4.0, 5.0, 7.0, 8.0, 10.0, 12.0, 14.0}) {
      for (const double degrees : {0.0, 20.0, 90.0}) {
        EXPECT_TRUE(IsFinePattern(MakeJpeg(arrangement.jpeg, Stripes(period, degrees))))
            << arrangement.name << ", " << period << " px, " << degrees << " degrees";
      }
    }
  }
}

TEST(FinePattern, IsSeenInTheDotsOfAPrintedPicture) {
  for (const Arrangement& arrangement : Arrangements()) {
    for (const double period : {3.5, 4.3, 5.7, 7.1, 9.3}) {
      for (const double degrees : {0.0, 15.0, 45.0}) {
        EXPECT_TRUE(IsFinePattern(MakeJpeg(arrangement.jpeg, Dots(period, degrees))))
            << arrangement.name << ", " << period << " px, " << degrees << " degrees";
      }
    }
  }
}

TEST(FinePattern, IsSeenInAnyComponentOfFullSize) {
  const TestJpeg inks = {
      .size = kSize, .color_space = JCS_CMYK, .sampling = {{1, 1}, {1, 1}, {1, 1}, {1, 1}}};
  for (int ink = 0; ink < 4; ++ink) {
    const auto picture = [ink](int component, double x, double) {
      return component == ink ? 128 + Stripe(x, 7) : 200.0;
    };
    EXPECT_TRUE(IsFinePattern(MakeJpeg(inks, picture))) << ink;
  }
}

TEST(FinePattern, IsSeenWhereItFillsAPartOfThePicture) {
  const TestJpeg jpeg = {.size = {1200, 900}, .quality = 85};
  const auto patch = [](double side) {
    return [side](int component, double x, double y) {
      if (component > 0) return 128.0;
      const bool inside = std::abs(x - 600) < side / 2 && std::abs(y - 450) < side / 2;
      return 128 + Texture(x, y) + (inside ? Stripe(x * 0.8 + y * 0.6, 9.1, 60) : 0);
    };
  };
  EXPECT_TRUE(IsFinePattern(MakeJpeg(jpeg, patch(500))));
  EXPECT_FALSE(IsFinePattern(MakeJpeg(jpeg, patch(40))));
}

TEST(FinePattern, IsNotSeenInOrdinaryDetail) {
  const auto edges = [](int, double x, double y) {
    return std::hypot(x - 240, y - 160) < 100 || std::fmod(x * 0.6 + y, 97) < 30 ? 230.0 : 20.0;
  };
  const auto texture = [](int component, double x, double y) {
    return component > 0 ? 128 : 128 + Texture(x, y);
  };
  const auto grain = [](int, double x, double y) {
    const double noise = std::sin(x * 12.9898 + y * 78.233) * 43758.5453;
    return 128 + 40 * (noise - std::floor(noise) - 0.5);
  };
  for (const Arrangement& arrangement : Arrangements()) {
    SCOPED_TRACE(arrangement.name);
    EXPECT_FALSE(IsFinePattern(MakeJpeg(arrangement.jpeg, &SmoothWave)));
    EXPECT_FALSE(IsFinePattern(MakeJpeg(arrangement.jpeg, edges)));
    EXPECT_FALSE(IsFinePattern(MakeJpeg(arrangement.jpeg, texture)));
    EXPECT_FALSE(IsFinePattern(MakeJpeg(arrangement.jpeg, grain)));
  }
}

// Or else two servers would give one variant two contents.
TEST(FinePattern, IsSeenWhoeverWillDecodeThePicture) {
  for (const Arrangement& arrangement : Arrangements()) {
    const auto jpeg = MakeJpeg(arrangement.jpeg, Stripes(10, 0));
    EXPECT_TRUE(IsFinePattern(jpeg, JpegMethod::kLibjpeg)) << arrangement.name;
  }
}

TEST(FinePattern, IsNotLookedForBehindTheScan) {
  auto jpeg = MakeJpeg({.size = kSize}, Stripes(10, 0));
  jpeg.insert(jpeg.end(), 4 * jpeg.size(), 0x55);  // as phones append films
  EXPECT_TRUE(IsFinePattern(jpeg));
}

TEST(FinePattern, IsLookedForInDamagedDataWithoutHarm) {
  for (const Arrangement& arrangement : Arrangements()) {
    SCOPED_TRACE(arrangement.name);
    const auto whole = MakeJpeg(arrangement.jpeg, Stripes(10, 0));
    for (std::size_t i = 0; i < 40; ++i) {
      auto damaged = whole;
      // In the later half, where there are no headers before the first scan.
      for (std::size_t at = whole.size() / 2 + i; at < whole.size(); at += 97 + i) {
        damaged[at] = static_cast<std::uint8_t>(at * 31 + i * 7);
      }
      EXPECT_EQ(IsFinePattern(damaged), IsFinePattern(damaged));
      damaged.resize(whole.size() / 2 + whole.size() * i / 80);
      EXPECT_EQ(IsFinePattern(damaged), IsFinePattern(damaged));
    }
  }
}

}  // namespace
}  // namespace thimble
