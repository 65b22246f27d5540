// Real photographs and a bank of hostile files, which are not part of the repository: they lie in
// the folder that the environment variable THIMBLE_SHARED names.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "codec/codecs.h"
#include "codec/jpeg_test_support.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> SharedFolder() {
  const char* const folder = std::getenv("THIMBLE_SHARED");
  if (folder == nullptr || !fs::is_directory(folder)) return std::nullopt;
  return folder;
}

std::vector<std::uint8_t> ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool IsJpeg(const std::vector<std::uint8_t>& bytes) {
  return bytes.size() >= 2 && bytes[0] == 0xFF && bytes[1] == 0xD8;
}

// The HTTP status that a server answers for a file. Sizes over the limits are refused by the plan,
// before decoding.
std::string StatusFor(const std::vector<std::uint8_t>& jpeg) {
  constexpr PictureLimits kLimits;
  const auto decoder = OpenJpegDecoder(jpeg, kLimits);
  if (decoder) {
    const Size size = (*decoder)->info().size;
    if (size.area() > kLimits.max_pixels) return "413";
    if (std::max(size.width, size.height) > kLimits.max_side) return "413";
  }
  const std::optional<ErrorCode> failure = FailureOf(jpeg);
  if (!failure) return "200";
  if (*failure == ErrorCode::kDimensionTooLarge) return "413";
  if (*failure == ErrorCode::kUnsupportedFormat) return "415";
  return *failure == ErrorCode::kInternal ? "500" : "422";
}

TEST(JpegBank, AnswersEveryFileAsExpected) {
  const std::optional<fs::path> shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "THIMBLE_SHARED names no folder";
  std::ifstream index_file(*shared / "bank" / "index.json");
  const nlohmann::json index = nlohmann::json::parse(index_file);
  int files = 0;
  for (const nlohmann::json& entry : index) {
    const std::string name = entry[0];
    const fs::path path = *shared / "bank" / "files" / name;
    if (!fs::is_regular_file(path)) continue;
    const std::vector<std::uint8_t> bytes = ReadFile(path);
    if (!IsJpeg(bytes)) continue;
    ++files;
    const std::string expected = entry[2];
    const std::string status = StatusFor(bytes);
    EXPECT_NE(expected.find(status), std::string::npos)
        << name << " (" << entry[1] << "): " << status << " instead of " << expected;
  }
  EXPECT_GT(files, 50);
}

TEST(JpegBank, KnowsTheOrientationInEachFilesName) {
  const std::optional<fs::path> shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "THIMBLE_SHARED names no folder";
  const std::regex pattern("orient_([0-9]+)_(II|MM)\\.jpg");
  int files = 0;
  for (const auto& entry : fs::directory_iterator(*shared / "bank" / "files" / "exif")) {
    std::smatch match;
    const std::string name = entry.path().filename();
    if (!std::regex_match(name, match, pattern)) continue;
    ++files;
    const std::vector<std::uint8_t> jpeg = ReadFile(entry.path());
    const auto decoder = OpenJpegDecoder(jpeg, {});
    ASSERT_TRUE(decoder) << name;
    const auto value = static_cast<std::uint32_t>(std::stoul(match[1]));
    EXPECT_EQ((*decoder)->info().orientation, OrientationFromExif(value)) << name;
  }
  EXPECT_GT(files, 5);
}

TEST(JpegPhotos, HaveTheSizeInTheirNamesAndDecodeAtEveryScale) {
  const std::optional<fs::path> shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "THIMBLE_SHARED names no folder";
  const std::regex pattern(".*-([0-9]+)x([0-9]+).*\\.jpg");
  int files = 0;
  for (const auto& entry : fs::directory_iterator(*shared / "photos")) {
    std::smatch match;
    const std::string name = entry.path().filename();
    if (!std::regex_match(name, match, pattern)) continue;
    ++files;
    const std::vector<std::uint8_t> jpeg = ReadFile(entry.path());
    for (const std::int32_t eighths : {1, 2, 3, 4, 5, 6, 7, 8}) {
      const auto picture = DecodeJpeg(jpeg, {.eighths = eighths, .chroma_eighths = eighths});
      ASSERT_TRUE(picture) << name << ": " << picture.error().detail;
      EXPECT_EQ(picture->info.size, (Size{std::stoi(match[1]), std::stoi(match[2])})) << name;
    }
  }
  EXPECT_GT(files, 5);
}

}  // namespace
}  // namespace thimble
