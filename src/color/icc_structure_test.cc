#include "color/icc_structure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "color/color_test_support.h"

namespace thimble {
namespace {

constexpr std::size_t kTagTableAt = 128;

void Write32(ProfileBytes& profile, std::size_t offset, std::uint32_t number) {
  for (std::size_t i = 0; i < 4; ++i) {
    profile[offset + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  }
}

void WriteText(ProfileBytes& profile, std::size_t offset, std::string_view text) {
  std::ranges::copy(text, profile.begin() + static_cast<std::ptrdiff_t>(offset));
}

TEST(UsableIccProfile, IsTheWholeOfASoundProfile) {
  const ProfileBytes rgb = DisplayP3Profile();
  EXPECT_EQ(UsableIccProfile(rgb, ColorModel::kRgb).size(), rgb.size());
  EXPECT_EQ(UsableIccProfile(rgb, ColorModel::kYCbCr).size(), rgb.size());
  EXPECT_EQ(UsableIccProfile(rgb, ColorModel::kYCbCrLimited).size(), rgb.size());
  EXPECT_EQ(UsableIccProfile(rgb, ColorModel::kGray).size(), rgb.size());
  const ProfileBytes gray = GrayProfile(2.2);
  EXPECT_EQ(UsableIccProfile(gray, ColorModel::kGray).size(), gray.size());
  const ProfileBytes cmyk = PlainCmykProfile(2);
  EXPECT_EQ(UsableIccProfile(cmyk, ColorModel::kCmyk).size(), cmyk.size());
  EXPECT_EQ(UsableIccProfile(cmyk, ColorModel::kYcck).size(), cmyk.size());
}

TEST(UsableIccProfile, EndsWhereItsHeaderSays) {
  ProfileBytes profile = DisplayP3Profile();
  const std::size_t size = profile.size();
  profile.resize(size + 100);
  EXPECT_EQ(UsableIccProfile(profile, ColorModel::kRgb).size(), size);
}

TEST(UsableIccProfile, IsNoneForAnotherColourSpace) {
  EXPECT_TRUE(UsableIccProfile(DisplayP3Profile(), ColorModel::kCmyk).empty());
  EXPECT_TRUE(UsableIccProfile(GrayProfile(2.2), ColorModel::kRgb).empty());
  EXPECT_TRUE(UsableIccProfile(PlainCmykProfile(2), ColorModel::kRgb).empty());
}

TEST(UsableIccProfile, IsNoneWhenCutAnywhere) {
  const ProfileBytes whole = DisplayP3Profile();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ASSERT_TRUE(UsableIccProfile(ByteSpan(whole).first(size), ColorModel::kRgb).empty()) << size;
  }
}

TEST(UsableIccProfile, IsNoneWithABrokenHeader) {
  const auto broken = [](std::size_t offset, std::string_view text) {
    ProfileBytes profile = DisplayP3Profile();
    WriteText(profile, offset, text);
    return UsableIccProfile(profile, ColorModel::kRgb).empty();
  };
  EXPECT_TRUE(broken(36, "ACSP"));
  EXPECT_TRUE(broken(12, "link"));  // a device link holds no colours of a device
  EXPECT_TRUE(broken(16, "Lab "));
  EXPECT_TRUE(broken(20, "RGB "));
  EXPECT_FALSE(broken(36, "acsp"));
}

TEST(UsableIccProfile, IsNoneWithAnImpossibleSize) {
  ProfileBytes profile = DisplayP3Profile();
  const auto size = static_cast<std::uint32_t>(profile.size());
  for (const std::uint32_t claim : {0U, 1U, 131U, size + 1, 0x7fffffffU, 0xffffffffU}) {
    Write32(profile, 0, claim);
    EXPECT_TRUE(UsableIccProfile(profile, ColorModel::kRgb).empty()) << claim;
  }
  profile.resize(5 * 1024 * 1024);
  Write32(profile, 0, 5 * 1024 * 1024);
  EXPECT_TRUE(UsableIccProfile(profile, ColorModel::kRgb).empty());
  Write32(profile, 0, 4 * 1024 * 1024);
  EXPECT_FALSE(UsableIccProfile(profile, ColorModel::kRgb).empty());
}

TEST(UsableIccProfile, IsNoneWithATagTableThatDoesNotFit) {
  ProfileBytes profile = DisplayP3Profile();
  for (const std::uint32_t count : {0U, 101U, 0x15555556U, 0xffffffffU}) {
    Write32(profile, kTagTableAt, count);
    EXPECT_TRUE(UsableIccProfile(profile, ColorModel::kRgb).empty()) << count;
  }
}

TEST(UsableIccProfile, IsNoneWithATagOutside) {
  const ProfileBytes sound = DisplayP3Profile();
  const auto end = static_cast<std::uint32_t>(sound.size());
  const struct {
    std::uint32_t offset;
    std::uint32_t size;
  } cases[] = {{end, 1},
               {end + 1, 0},
               {end - 1, 2},
               {0, 4},
               {128, 4},
               {0xffffffff, 0xffffffff},
               {end - 4, 0xfffffffc}};
  for (const auto& [offset, size] : cases) {
    ProfileBytes profile = sound;
    Write32(profile, kTagTableAt + 8, offset);
    Write32(profile, kTagTableAt + 12, size);
    EXPECT_TRUE(UsableIccProfile(profile, ColorModel::kRgb).empty()) << offset << " " << size;
  }
}

}  // namespace
}  // namespace thimble
