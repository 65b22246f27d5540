// The bytes of a few results, by their hashes. Where one changes, kEngineRevision and kEngineDate
// in service/entity_tag.cc have to be raised with it: caches everywhere hold the old bytes under
// tags that would else be the same.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

#include "engine/engine.h"
#include "engine/picture_test_support.h"
#include "spec/canonical_text.h"

namespace thimble {
namespace {

// Other libraries may make other bytes; they are in the tag by themselves.
constexpr std::string_view kLibraries =
    "jpeg 2.1.5 png 1.6.39 deflate 1.14 zlib 1.2.13 webp 1.2.4 1.2.4 lcms 2140";

struct Golden {
  ImageFormat source;
  std::string_view text;
  std::uint64_t hash;
};

constexpr std::array<Golden, 12> kGolden = {{
    {ImageFormat::kJpeg, "w37_q80", 0x5d2d0685e1d88e7a},
    {ImageFormat::kJpeg, "w300_q80", 0x6535956809c9fad2},
    {ImageFormat::kJpeg, "w300_h200_cover_q95", 0x60fe229e96d039c1},
    {ImageFormat::kJpeg, "w300_q80_webp", 0x90acca36ffd4c90a},
    {ImageFormat::kJpeg, "w300_q80_png", 0xc41c6a3d8e254598},
    {ImageFormat::kJpeg, "w900_enlarge_q60", 0xef426435aead3b13},
    {ImageFormat::kPng, "w200_q80", 0xe8e120018a478781},
    {ImageFormat::kPng, "w200_q80_jpeg", 0x07aa59c01638a483},
    {ImageFormat::kPng, "w200_q80_webp", 0x093bb0a188fe93a6},
    {ImageFormat::kWebp, "w200_q80", 0xbee3ac2f8f0c0fed},
    {ImageFormat::kWebp, "h100_q80_jpeg", 0xb5c0c112006908c4},
    {ImageFormat::kWebp, "w200_h200_fill_q80_png", 0xd6083f9bfd96002d},
}};

// FNV-1a, 64 bits.
std::uint64_t HashOf(ByteSpan bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

// Smooth parts, edges and detail.
Color Pattern(int x, int y) {
  const int detail = (x * 7 ^ y * 13) & 31;
  const int stripes = (x / 24 + y / 40) % 2 == 0 ? 60 : 0;
  return {static_cast<std::uint8_t>(x / 4 + detail), static_cast<std::uint8_t>(y / 3 + stripes),
          static_cast<std::uint8_t>(180 - x / 8 + detail / 2),
          static_cast<std::uint8_t>(255 - (y / 4) % 128)};
}

Bytes Original(ImageFormat format) {
  constexpr Size kSize = {640, 480};
  switch (format) {
    case ImageFormat::kJpeg: return PaintedJpeg(kSize, Pattern);
    case ImageFormat::kPng: return PaintedPng(kSize, Pattern, true);
    case ImageFormat::kWebp: return PaintedWebp(kSize, Pattern, true);
  }
  return {};
}

std::string Hexadecimal(std::uint64_t number) {
  std::array<char, 20> text{};
  std::snprintf(text.data(), text.size(), "0x%016llx", static_cast<unsigned long long>(number));
  return text.data();
}

TEST(GoldenBytes, StayOrTheEnginesRevisionIsRaised) {
  if (EngineLibraries() != kLibraries) {
    GTEST_SKIP() << "recorded with " << kLibraries << "; here: " << EngineLibraries();
  }
  for (const Golden& golden : kGolden) {
    const auto spec = ParseCanonicalText(golden.text);
    ASSERT_TRUE(spec) << golden.text;
    Bytes result(std::size_t{1} << 20);
    const auto outcome = ResizePicture(Original(golden.source), *spec, {}, result);
    ASSERT_TRUE(outcome) << golden.text;
    const std::uint64_t hash = HashOf(ByteSpan(result).first(outcome->bytes));
    EXPECT_EQ(Hexadecimal(hash), Hexadecimal(golden.hash))
        << NameOf(golden.source) << ' ' << golden.text
        << ": raise kEngineRevision and kEngineDate with this";
  }
}

}  // namespace
}  // namespace thimble
