// Hostile and real PNG and WebP files outside the repository: THIMBLE_SHARED names their directory.
// bank/index.json lists [file, what is wrong with it, expected HTTP statuses].
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "codec/codecs.h"
#include "codec/decode_test_support.h"

namespace thimble {
namespace {

std::string HttpStatusOf(const Expected<PlanarImage>& decoded) {
  if (decoded) return "200";
  switch (decoded.error().code) {
    case ErrorCode::kUnsupportedFormat: return "415";
    case ErrorCode::kTooManyPixels:
    case ErrorCode::kDimensionTooLarge: return "413";
    case ErrorCode::kCorruptImage:
    case ErrorCode::kTooManyScans: return "422";
    default: return "a status that no file may have";
  }
}

// By name or by content: either may lie.
bool ConcernsPngOrWebp(const std::string& name, ByteSpan file) {
  return name.ends_with(".png") || name.ends_with(".webp") || TextOf(file).starts_with("\x89PNG") ||
         TextOf(file).starts_with("RIFF");
}

class PngWebpCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (SharedTestData().empty()) GTEST_SKIP() << "THIMBLE_SHARED is not set";
  }
};

TEST_F(PngWebpCorpus, BankFilesHaveTheExpectedStatuses) {
  const std::string bank = SharedTestData() + "/bank/";
  std::ifstream index(bank + "index.json");
  if (!index) GTEST_SKIP() << "no bank at " << bank;
  int tried = 0;
  for (const auto& entry : nlohmann::json::parse(index)) {
    const std::string name = entry[0];
    const std::string expected = entry[2];
    const Bytes file = ReadFile(std::string(bank).append("files/").append(name));
    if (!ConcernsPngOrWebp(name, file)) continue;
    const auto decoded = DecodeAll(&OpenDecoder, file);
    EXPECT_NE(expected.find(HttpStatusOf(decoded)), std::string::npos)
        << name << " (" << entry[1] << "): expected " << expected << ", got " << OutcomeOf(decoded)
        << (decoded ? "" : ": " + decoded.error().detail);
    ++tried;
  }
  EXPECT_GT(tried, 0);
}

struct Photo {
  const char* name = "";
  Size size;
  ColorModel model = ColorModel::kRgb;
  bool has_alpha = false;
};

constexpr std::array<Photo, 3> kPhotos = {{
    {"dandelion-1600-rgba.png", {1600, 1600}, ColorModel::kRgb, true},
    {"graphics-2320x804-rgba.png", {2320, 804}, ColorModel::kRgb, true},
    {"forest-2560x1600.webp", {2560, 1600}, ColorModel::kYCbCrLimited, false},
}};

TEST_F(PngWebpCorpus, PhotosDecodeWithTheirDimensions) {
  for (const Photo& photo : kPhotos) {
    const Bytes file = ReadFile(SharedTestData() + "/photos/" + photo.name);
    const auto decoded = DecodeAll(&OpenDecoder, file);
    ASSERT_EQ(OutcomeOf(decoded), "ok") << photo.name;
    EXPECT_EQ(decoded->size, photo.size) << photo.name;
    EXPECT_EQ(decoded->model, photo.model) << photo.name;
    EXPECT_EQ(decoded->has_alpha, photo.has_alpha) << photo.name;
  }
}

Expected<std::unique_ptr<Decoder>> OpenWithLibpngAlone(ByteSpan source,
                                                       const PictureLimits& limits) {
  return OpenPngDecoderWithin(0, source, limits);
}

void ExpectTheFateThatLibpngGives(const std::string& path) {
  const Bytes file = ReadFile(path);
  if (!TextOf(file).starts_with("\x89PNG\r\n")) return;
  const auto decoded = DecodeAll(&OpenDecoder, file);
  const auto expected = DecodeAll(&OpenWithLibpngAlone, file);
  ASSERT_EQ(OutcomeOf(decoded), OutcomeOf(expected)) << path;
  if (!decoded) return;
  ASSERT_EQ(decoded->planes.size(), expected->planes.size()) << path;
  for (std::size_t p = 0; p < decoded->planes.size(); ++p) {
    EXPECT_EQ(PsnrOf(decoded->planes[p], expected->planes[p]), 99) << path << " plane " << p;
  }
}

TEST_F(PngWebpCorpus, PngsDecodeAsLibpngAloneDecodesThem) {
  for (const char* folder : {"/bank/files", "/photos"}) {
    for (const auto& entry : std::filesystem::directory_iterator(SharedTestData() + folder)) {
      if (entry.is_regular_file()) ExpectTheFateThatLibpngGives(entry.path());
    }
  }
}

}  // namespace
}  // namespace thimble
