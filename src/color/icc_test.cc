#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>

#include "color/color.h"
#include "color/color_test_support.h"
#include "color/icc_session.h"

namespace thimble {
namespace {

constexpr Size kSize = {71, 37};

int SampleAt(const PlanarImage& picture, std::size_t plane, int x, int y) {
  return picture.planes[plane].row(y)[static_cast<std::size_t>(x)];
}

double Decoded(double encoded) {
  return encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4);
}
double Encoded(double light) {
  const double clipped = std::clamp(light, 0.0, 1.0);
  return clipped <= 0.0031308 ? clipped * 12.92 : 1.055 * std::pow(clipped, 1 / 2.4) - 0.055;
}

using Matrix = std::array<std::array<double, 3>, 3>;

// Converts noise and compares with `matrix` applied to `light` of each sample.
template <class Light>
void ExpectConversion(const ProfileBytes& profile, const Matrix& matrix, const Light& light) {
  const auto srgb = SrgbFromProfile(PictureOf(ColorModel::kRgb, kSize, true, NoiseSample), profile);
  ASSERT_TRUE(srgb);
  ASSERT_EQ(srgb->planes.size(), 4U);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      for (std::size_t row = 0; row < 3; ++row) {
        double sum = 0;
        for (std::size_t i = 0; i < 3; ++i) {
          sum += matrix[row][i] * light(NoiseSample(i, x, y) / 255.0);
        }
        // The published matrices have five digits, and near black one digit is a sample value.
        ASSERT_NEAR(SampleAt(*srgb, row, x, y), Encoded(sum) * 255, 1.1) << x << " " << y;
      }
      ASSERT_EQ(SampleAt(*srgb, 3, x, y), NoiseSample(3, x, y));
    }
  }
}

TEST(SrgbFromProfile, ConvertsDisplayP3) {
  const Matrix p3 = {
      {{1.22494, -0.22494, 0}, {-0.04206, 1.04206, 0}, {-0.01964, -0.07864, 1.09827}}};
  ExpectConversion(DisplayP3Profile(), p3, Decoded);
}

TEST(SrgbFromProfile, ConvertsAdobeRgb) {
  const Matrix adobe = {{{1.39836, -0.39836, 0}, {0, 1, 0}, {0, -0.04293, 1.04293}}};
  ExpectConversion(AdobeRgbProfile(), adobe,
                   [](double encoded) { return std::pow(encoded, 563.0 / 256); });
}

TEST(SrgbFromProfile, AgreesWithTheLibraryOnMatrixProfiles) {
  for (const ProfileBytes& profile : {DisplayP3Profile(), AdobeRgbProfile(), SrgbProfile()}) {
    const IccSession session(profile);
    ASSERT_TRUE(session.ReadMatrixShaper());
    const auto transform = session.TransformToSrgb(ColorModel::kRgb, Precision::kEveryColor);
    const auto srgb =
        SrgbFromProfile(PictureOf(ColorModel::kRgb, {500, 1}, false, NoiseSample), profile);
    std::array<std::uint8_t, 1500> device{};
    std::array<std::uint8_t, 1500> expected{};
    for (std::size_t i = 0; i < device.size(); ++i) {
      device[i] = static_cast<std::uint8_t>(NoiseSample(i / 500, static_cast<int>(i % 500), 0));
    }
    transform->Convert(device, expected, 500);
    for (std::size_t i = 0; i < device.size(); ++i) {
      ASSERT_NEAR(SampleAt(*srgb, i / 500, static_cast<int>(i % 500), 0), expected[i], 1);
    }
  }
}

TEST(SrgbFromProfile, ConvertsRgbByTables) {
  const ProfileBytes profile = SwappingRgbProfile();
  for (const Size size : {kSize, Size{260, 200}}) {  // each colour in full, and by a grid
    const auto srgb =
        SrgbFromProfile(PictureOf(ColorModel::kRgb, size, false, NoiseSample), profile);
    ASSERT_TRUE(srgb);
    double error = 0;
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        for (std::size_t i = 0; i < 3; ++i) {
          error += std::abs(SampleAt(*srgb, i, x, y) - NoiseSample(2 - i, x, y));
        }
      }
    }
    EXPECT_LT(error / static_cast<double>(3 * size.area()), 1.5);
  }
}

TEST(SrgbFromProfile, ConvertsCmykByTables) {
  const ProfileBytes profile = PlainCmykProfile(9);
  for (const Size size : {kSize, Size{400, 250}}) {  // each colour in full, and by a grid
    const auto srgb =
        SrgbFromProfile(PictureOf(ColorModel::kCmyk, size, false, NoiseSample), profile);
    ASSERT_TRUE(srgb);
    ASSERT_EQ(srgb->model, ColorModel::kRgb);
    ASSERT_EQ(srgb->planes.size(), 3U);
    const auto plain = RgbFrom(PictureOf(ColorModel::kCmyk, size, false, NoiseSample));
    double error = 0;
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        for (std::size_t i = 0; i < 3; ++i) {
          error += std::abs(SampleAt(*srgb, i, x, y) - SampleAt(*plain, i, x, y));
        }
      }
    }
    EXPECT_LT(error / static_cast<double>(3 * size.area()), 3);
  }
}

TEST(SrgbFromProfile, KeepsGrayGrayAndChangesItsCurve) {
  const auto srgb = SrgbFromProfile(
      PictureOf(ColorModel::kGray, {256, 1}, true, [](std::size_t, int x, int) { return x; }),
      GrayProfile(1.8));
  ASSERT_TRUE(srgb);
  EXPECT_EQ(srgb->model, ColorModel::kGray);
  ASSERT_EQ(srgb->planes.size(), 2U);
  for (int x = 0; x < 256; ++x) {
    EXPECT_NEAR(SampleAt(*srgb, 0, x, 0), Encoded(std::pow(x / 255.0, 1.8)) * 255, 1.1) << x;
    EXPECT_EQ(SampleAt(*srgb, 1, x, 0), x);
  }
}

TEST(SrgbFromProfile, WithoutAUsableProfileConvertsAsIfThereWereNone) {
  for (const ColorModel model : {ColorModel::kGray, ColorModel::kRgb, ColorModel::kCmyk}) {
    ProfileBytes none;
    ProfileBytes noise(500);
    for (std::size_t i = 0; i < noise.size(); ++i) {
      noise[i] = static_cast<std::uint8_t>(NoiseSample(0, static_cast<int>(i), 0));
    }
    // A sound table of tags, each of which is nonsense.
    ProfileBytes hollow = model == ColorModel::kCmyk   ? PlainCmykProfile(2)
                          : model == ColorModel::kGray ? GrayProfile(2.2)
                                                       : DisplayP3Profile();
    const std::size_t content = 132U + 12U * hollow[131];
    std::fill(hollow.begin() + static_cast<std::ptrdiff_t>(content), hollow.end(), std::uint8_t{7});
    for (const ProfileBytes& profile : {none, noise, hollow}) {
      EXPECT_TRUE(IsEffectivelySrgb(profile, model));
      const auto converted = SrgbFromProfile(PictureOf(model, kSize, false, NoiseSample), profile);
      auto expected = PictureOf(model, kSize, false, NoiseSample);
      if (model == ColorModel::kCmyk) expected = std::move(*RgbFrom(std::move(expected)));
      ASSERT_TRUE(converted);
      EXPECT_EQ(converted->model, expected.model);
      for (std::size_t i = 0; i < expected.planes.size(); ++i) {
        EXPECT_EQ(SampleAt(*converted, i, 70, 36), SampleAt(expected, i, 70, 36));
      }
    }
  }
}

TEST(IsEffectivelySrgb, LooksAtColoursAndNotAtNames) {
  EXPECT_TRUE(IsEffectivelySrgb(SrgbProfile(), ColorModel::kRgb));
  EXPECT_TRUE(IsEffectivelySrgb(SrgbProfile(), ColorModel::kYCbCr));
  EXPECT_FALSE(IsEffectivelySrgb(DisplayP3Profile(), ColorModel::kYCbCr));
  EXPECT_FALSE(IsEffectivelySrgb(AdobeRgbProfile(), ColorModel::kRgb));
  EXPECT_FALSE(IsEffectivelySrgb(SwappingRgbProfile(), ColorModel::kRgb));
  EXPECT_FALSE(IsEffectivelySrgb(GrayProfile(1.8), ColorModel::kGray));
  EXPECT_FALSE(IsEffectivelySrgb(PlainCmykProfile(3), ColorModel::kCmyk));
  EXPECT_FALSE(IsEffectivelySrgb(PlainCmykProfile(3), ColorModel::kYcck));
}

TEST(IsEffectivelySrgb, IsTrueForAnotherModelsProfile) {
  EXPECT_TRUE(IsEffectivelySrgb(PlainCmykProfile(3), ColorModel::kRgb));
  EXPECT_TRUE(IsEffectivelySrgb(AdobeRgbProfile(), ColorModel::kCmyk));
}

TEST(IsEffectivelySrgb, IsTrueForTablesThatClaimMoreThanTheyHave) {
  ProfileBytes profile = PlainCmykProfile(2);
  constexpr std::string_view kTableType = "mAB ";
  const auto table = std::ranges::search(profile, kTableType);
  ASSERT_FALSE(table.empty());
  const auto grid_offset = table.begin() + 24;  // 32 bits, from the table's own beginning
  const auto grid_points = table.begin() + grid_offset[2] * 256 + grid_offset[3];
  for (const int claim : {255, 60, 16}) {
    std::fill_n(grid_points, 4, static_cast<std::uint8_t>(claim));
    EXPECT_TRUE(IsEffectivelySrgb(profile, ColorModel::kCmyk)) << claim;
  }
}

// The profile of a JPEG, its chunks in order.
ProfileBytes ProfileOfJpeg(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::vector<char> chars{std::istreambuf_iterator<char>(stream), {}};
  const ProfileBytes bytes(chars.begin(), chars.end());
  constexpr std::string_view kName("ICC_PROFILE\0", 12);
  std::map<int, ProfileBytes> chunks;
  std::size_t at = 2;
  while (at + 18 < bytes.size() && bytes[at] == 0xff && bytes[at + 1] != 0xda) {
    const std::size_t length = bytes[at + 2] * 256U + bytes[at + 3];
    if (length < 2 || at + 2 + length > bytes.size()) break;
    const ByteSpan payload = ByteSpan(bytes).subspan(at + 4, length - 2);
    if (bytes[at + 1] == 0xe2 && length >= 16 && TextOf(payload.first(12)) == kName) {
      chunks[payload[12]].assign(payload.begin() + 14, payload.end());
    }
    at += 2 + length;
  }
  ProfileBytes profile;
  for (const auto& [number, chunk] : chunks) {
    profile.insert(profile.end(), chunk.begin(), chunk.end());
  }
  return profile;
}

TEST(RealProfiles, OfThePhotosAreToldApart) {
  const char* const shared = std::getenv("THIMBLE_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "THIMBLE_SHARED is not set";
  const std::filesystem::path photos = std::filesystem::path(shared) / "photos";
  for (const char* name :
       {"moss-2560x1600-444.jpg", "dog-4032x3024-exif6.jpg", "cups-2560x1600-422-prog.jpg"}) {
    const ProfileBytes profile = ProfileOfJpeg(photos / name);
    EXPECT_FALSE(profile.empty()) << name;
    EXPECT_TRUE(IsEffectivelySrgb(profile, ColorModel::kYCbCr)) << name;
  }
  for (const char* name : {"adobergb-1900x1263-444-prog.jpg", "displayp3-2400x1600-420.jpg"}) {
    EXPECT_FALSE(IsEffectivelySrgb(ProfileOfJpeg(photos / name), ColorModel::kYCbCr)) << name;
  }
}

TEST(HostileProfiles, OfTheBankAreSurvivedInEveryModel) {
  const char* const shared = std::getenv("THIMBLE_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "THIMBLE_SHARED is not set";
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(shared) / "bank/files/icc")) {
    if (entry.path().extension() != ".jpg") continue;
    ++files;
    const ProfileBytes profile = ProfileOfJpeg(entry.path());
    for (const ColorModel model : {ColorModel::kRgb, ColorModel::kGray, ColorModel::kCmyk}) {
      IsEffectivelySrgb(profile, model);
      EXPECT_TRUE(SrgbFromProfile(PictureOf(model, kSize, false, NoiseSample), profile))
          << entry.path();
    }
  }
  EXPECT_GT(files, 10);
}

}  // namespace
}  // namespace thimble
