#include "codec/png_color.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "codec/png_file_test_support.h"

namespace thimble {
namespace {

constexpr std::int64_t kAmple = 1 << 20;
constexpr Primaries kDisplayP3 = {kD65, {0.68, 0.32}, {0.265, 0.69}, {0.15, 0.06}};

void AppendBigEndian32(Bytes& out, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

PngTestChunk Numbers(std::string_view name, const std::vector<std::uint32_t>& numbers) {
  Bytes payload;
  for (const std::uint32_t number : numbers) AppendBigEndian32(payload, number);
  return {name, payload};
}

PngTestChunk Gamma(std::uint32_t hundred_thousandths) {
  return Numbers("gAMA", {hundred_thousandths});
}

const PngTestChunk kP3Chromaticities =
    Numbers("cHRM", {31'270, 32'900, 68'000, 32'000, 26'500, 69'000, 15'000, 6'000});
const PngTestChunk kCicpOfP3 = {"cICP", {12, 13, 0, 1}};
const PngTestChunk kSrgb = {"sRGB", {0}};

Bytes Profile(std::size_t bytes = 132) {
  Bytes profile(bytes, 0);
  std::ranges::copy(std::string_view("acsp"), profile.begin() + 36);
  return profile;
}

PngTestChunk ProfileChunk(const Bytes& profile, std::uint8_t method = 0) {
  Bytes payload = {'p', 0, method};
  const Bytes stream = StoredZlib(profile);
  payload.insert(payload.end(), stream.begin(), stream.end());
  return {"iCCP", payload};
}

PngColor ColorOf(std::vector<PngTestChunk> chunks, std::int64_t max_icc_bytes = kAmple) {
  PngTestFile file;
  file.color_type = 2;
  file.before_pixels = std::move(chunks);
  return ColorOfPng(PngBytes(file), max_icc_bytes);
}

bool IsPlain(const PngColor& color) { return color.icc_profile.empty() && !color.encoding; }

TEST(PngColor, IsSrgbWithoutAnyChunk) { EXPECT_TRUE(IsPlain(ColorOf({}))); }

TEST(PngColor, ComesFromTheFirstOfCicpProfileSrgbAndGammaInWhateverOrderTheyStand) {
  const ColorEncoding gamma = {kDisplayP3, {.exponent = 1}};
  std::vector<PngTestChunk> chunks = {Gamma(100'000), kP3Chromaticities};
  EXPECT_EQ(ColorOf(chunks).encoding, gamma);
  chunks.insert(chunks.begin(), kSrgb);
  EXPECT_TRUE(IsPlain(ColorOf(chunks)));
  chunks.push_back(ProfileChunk(Profile()));
  EXPECT_EQ(ColorOf(chunks).icc_profile, Profile());
  EXPECT_FALSE(ColorOf(chunks).encoding);
  chunks.push_back(kCicpOfP3);
  EXPECT_EQ(ColorOf(chunks).encoding, (ColorEncoding{kDisplayP3, kSrgbTransfer}));
  EXPECT_TRUE(ColorOf(chunks).icc_profile.empty());
}

TEST(PngColor, LeavesOutACicpChunkThatItCannotUse) {
  const PngTestChunk palette = {"PLTE", {1, 2, 3}};
  const std::vector<std::vector<PngTestChunk>> cases = {
      {{"cICP", {12, 13, 5, 1}}},  // Y, Cb, Cr
      {{"cICP", {12, 13, 0, 0}}},  // limited range
      {{"cICP", {2, 13, 0, 1}}},   // unspecified primaries
      {{"cICP", {12, 2, 0, 1}}},   // and transfer
      {{"cICP", {9, 16, 0, 1}}},   // PQ
      {{"cICP", {99, 13, 0, 1}}},    {{"cICP", {12, 99, 0, 1}}}, {{"cICP", {12, 13, 0}}},
      {{"cICP", {12, 13, 0, 1, 0}}}, {palette, kCicpOfP3}};
  for (std::vector<PngTestChunk> chunks : cases) {
    chunks.push_back(Gamma(100'000));
    EXPECT_EQ(ColorOf(chunks).encoding, (ColorEncoding{kSrgbPrimaries, {.exponent = 1}}));
  }
}

TEST(PngColor, LeavesOutAProfileThatIsNone) {
  Bytes no_signature = Profile();
  no_signature[36] = '?';
  PngTestChunk cut = ProfileChunk(Profile());
  cut.payload.resize(cut.payload.size() - 4);
  const std::vector<PngTestChunk> cases = {ProfileChunk(no_signature),
                                           ProfileChunk(Profile(), 1),
                                           cut,
                                           {"iCCP", {}},
                                           {"iCCP", {'p'}},
                                           {"iCCP", {'p', 0}},
                                           {"iCCP", {0, 0, 1}},
                                           ProfileChunk(Profile(100))};
  for (const PngTestChunk& chunk : cases) {
    const PngColor color = ColorOf({chunk, Gamma(100'000)});
    EXPECT_TRUE(color.icc_profile.empty());
    EXPECT_TRUE(color.encoding);
  }
}

TEST(PngColor, LeavesOutAProfileOverTheLimit) {
  EXPECT_EQ(ColorOf({ProfileChunk(Profile(50'000))}, 50'000).icc_profile, Profile(50'000));
  EXPECT_TRUE(IsPlain(ColorOf({ProfileChunk(Profile(50'000))}, 49'999)));
  EXPECT_TRUE(IsPlain(ColorOf({ProfileChunk(Profile())}, 0)));
}

TEST(PngColor, TakesTheUsualGammaAloneForSrgbButNotWithPrimaries) {
  for (const std::uint32_t usual : {44'000U, 45'455U, 47'000U}) {
    EXPECT_TRUE(IsPlain(ColorOf({Gamma(usual)})));
    EXPECT_TRUE(ColorOf({Gamma(usual), kP3Chromaticities}).encoding);
  }
  for (const std::uint32_t other : {43'000U, 48'000U, 100'000U}) {
    EXPECT_TRUE(ColorOf({Gamma(other)}).encoding);
  }
}

TEST(PngColor, LeavesOutNumbersThatMeanNothing) {
  EXPECT_TRUE(IsPlain(ColorOf({kP3Chromaticities})));
  EXPECT_TRUE(IsPlain(ColorOf({Gamma(0)})));
  EXPECT_TRUE(IsPlain(ColorOf({{"gAMA", {0, 1, 0x86}}})));
  EXPECT_TRUE(IsPlain(ColorOf({Gamma(45'455), Numbers("cHRM", std::vector<std::uint32_t>(8))})));
  EXPECT_TRUE(ColorOf({{"sRGB", {4}}, Gamma(100'000)}).encoding);
  EXPECT_TRUE(ColorOf({{"sRGB", {0, 0}}, Gamma(100'000)}).encoding);
}

TEST(PngColor, BoundsTheExponent) {
  EXPECT_EQ(ColorOf({Gamma(1)}).encoding->transfer.exponent, 1000);
  EXPECT_EQ(ColorOf({Gamma(0xFFFFFFFF)}).encoding->transfer.exponent, 0.001);
}

TEST(PngColor, SkipsChunksWithAWrongChecksum) {
  PngTestFile file;
  file.before_pixels = {Gamma(100'000)};
  Bytes bytes = PngBytes(file);
  EXPECT_TRUE(ColorOfPng(bytes, kAmple).encoding);
  bytes[8 + 25 + 8] ^= 1;
  EXPECT_TRUE(IsPlain(ColorOfPng(bytes, kAmple)));
}

TEST(PngColor, SurvivesACutAtEveryByte) {
  PngTestFile file;
  file.before_pixels = {kCicpOfP3, ProfileChunk(Profile()), kSrgb, Gamma(1), kP3Chromaticities};
  const Bytes bytes = PngBytes(file);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ColorOfPng(ByteSpan(bytes).first(length), kAmple);
  }
  EXPECT_TRUE(ColorOfPng(bytes, kAmple).encoding);
}

}  // namespace
}  // namespace thimble
