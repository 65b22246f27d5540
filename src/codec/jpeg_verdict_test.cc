// One verdict on a JPEG at every scale, alone and together: it is the original that is judged,
// not what a scale happens to need of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "codec/jpeg_mutator.h"
#include "codec/jpeg_seeds.h"
#include "codec/jpeg_test_support.h"
#include "codec/jpeg_verdicts.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kSos = 0xDA;

// Where the markers of the kind are, in the order of the file.
std::vector<std::size_t> PlacesOf(const Bytes& jpeg, std::uint8_t marker) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] == marker) places.push_back(i);
  }
  return places;
}

void ExpectOneVerdict(const Bytes& jpeg, std::optional<ErrorCode> verdict, const std::string& what,
                      const PictureLimits& limits = {}) {
  EXPECT_EQ(DisagreementOn(jpeg, limits), std::nullopt) << what;
  EXPECT_EQ(DeliverJpeg(JpegMethod::kFastest, jpeg, {1, 1}, limits).failure, verdict) << what;
}

TEST(JpegVerdict, IsSuccessWhereOnlyTheEndMarkerIsMissing) {
  for (const Size size : {Size{32, 32}, Size{160, 120}}) {
    Bytes jpeg = MakeJpeg({.size = size, .progressive = true}, SmoothWave);
    jpeg.resize(jpeg.size() - 2);
    ExpectOneVerdict(jpeg, std::nullopt, std::to_string(size.width));
  }
}

TEST(JpegVerdict, IsThatACutProgressiveFileIsCorrupt) {
  const Bytes whole = MakeJpeg({.size = {96, 72}, .progressive = true}, SmoothWave);
  for (std::size_t size = 700; size + 8 < whole.size(); size += 211) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    ExpectOneVerdict(cut, ErrorCode::kCorruptImage, std::to_string(size));
  }
}

// Three scans: DC of all, then AC of luma, last AC of a chroma component.
Bytes ThreeScans() {
  return MakeJpeg(
      {.size = {64, 48},
       .scans = {{3, {0, 1, 2}, 0, 0, 0, 0}, {1, {0}, 1, 63, 0, 0}, {1, {1}, 1, 63, 0, 0}}},
      SmoothWave);
}

// With the tables that libjpeg writes before each scan.
struct ScanBytes {
  Bytes before;  // the first scan and its tables
  std::vector<Bytes> scans;
};

ScanBytes SplitAtScans(const Bytes& jpeg) {
  std::vector<std::size_t> begins;
  const std::vector<std::size_t> tables = PlacesOf(jpeg, 0xC4);
  std::size_t last = 0;
  for (const std::size_t scan : PlacesOf(jpeg, kSos)) {
    begins.push_back(*std::ranges::find_if(tables, [&](std::size_t at) { return at > last; }));
    last = scan;
  }
  begins.push_back(jpeg.size() - 2);
  const auto part = [&](std::size_t from, std::size_t to) {
    return Bytes(jpeg.begin() + static_cast<std::ptrdiff_t>(from),
                 jpeg.begin() + static_cast<std::ptrdiff_t>(to));
  };
  ScanBytes split{part(0, begins.front()), {}};
  for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
    split.scans.push_back(part(begins[i], begins[i + 1]));
  }
  return split;
}

Bytes JoinedWith(const ScanBytes& split, const std::vector<std::size_t>& order) {
  Bytes jpeg = split.before;
  for (const std::size_t i : order) {
    jpeg.insert(jpeg.end(), split.scans[i].begin(), split.scans[i].end());
  }
  jpeg.insert(jpeg.end(), {0xFF, 0xD9});
  return jpeg;
}

TEST(JpegVerdict, IsSuccessWhereAcCoefficientsComeBeforeDc) {
  const ScanBytes split = SplitAtScans(ThreeScans());
  ASSERT_EQ(split.scans.size(), 3);
  const Bytes usual = JoinedWith(split, {0, 1, 2});
  const Bytes unusual = JoinedWith(split, {1, 2, 0});
  ExpectOneVerdict(usual, std::nullopt, "DC first");
  ExpectOneVerdict(unusual, std::nullopt, "DC last");
  for (const DecodeScale scale : kVerdictScales) {
    EXPECT_TRUE(DeliverJpeg(JpegMethod::kFastest, usual, scale) ==
                DeliverJpeg(JpegMethod::kFastest, unusual, scale));
  }
}

TEST(JpegVerdict, IsThatAPictureWithoutDcIsCorrupt) {
  const ScanBytes split = SplitAtScans(ThreeScans());
  ExpectOneVerdict(JoinedWith(split, {1, 2}), ErrorCode::kCorruptImage, "no DC");
}

TEST(JpegVerdict, IsThatAScanOutOfTheFramesOrderIsCorrupt) {
  Bytes jpeg = MakeJpeg({.size = {64, 48},
                         .sampling = {{1, 1}, {1, 1}, {1, 1}},
                         .scans = {{3, {0, 1, 2}, 0, 0, 0, 1}, {3, {0, 1, 2}, 0, 0, 1, 0}}},
                        SmoothWave);
  const std::size_t last = PlacesOf(jpeg, kSos).back();
  ASSERT_EQ(jpeg[last + 4], 3);
  std::swap_ranges(jpeg.begin() + static_cast<std::ptrdiff_t>(last + 5),
                   jpeg.begin() + static_cast<std::ptrdiff_t>(last + 7),
                   jpeg.begin() + static_cast<std::ptrdiff_t>(last + 7));
  ExpectOneVerdict(jpeg, ErrorCode::kCorruptImage, "components exchanged");
}

Bytes BehindStart(Bytes jpeg, const Bytes& segment) {
  jpeg.insert(jpeg.begin() + 2, segment.begin(), segment.end());
  return jpeg;
}

TEST(JpegVerdict, CountsScansBehindAnEmptyCommentWithoutLength) {
  const Bytes progressive = MakeJpeg({.progressive = true}, SmoothWave);
  constexpr PictureLimits kLimits = {.max_jpeg_scans = 9};
  for (const Bytes& segment : {Bytes{0xFF, 0xFE, 0, 0}, Bytes{0xFF, 0xE3, 0, 1}}) {
    ExpectOneVerdict(BehindStart(progressive, segment), ErrorCode::kTooManyScans, "counted",
                     kLimits);
    ExpectOneVerdict(BehindStart(progressive, segment), std::nullopt, "not too many");
  }
}

// In few bytes: arithmetic coding says of thousands of blocks at once that nothing changes.
Bytes ManyScans(Size size, int refinements) {
  std::vector<jpeg_scan_info> scans = {{1, {0}, 0, 0, 0, 0}};
  for (int i = 0; i < refinements; ++i) scans.push_back({1, {0}, 1 + i % 63, 1 + i % 63, 0, 0});
  return MakeJpeg({.size = size,
                   .color_space = JCS_GRAYSCALE,
                   .sampling = {{1, 1}},
                   .scans = std::move(scans),
                   .arithmetic = true},
                  [](int, double, double) { return 128.0; });
}

TEST(JpegVerdict, IsThatManyScansOfALargePictureAreTooMany) {
  EXPECT_EQ(FailureOf(ManyScans({64, 64}, 60)), std::nullopt);
  // Wider than the header says at first: what would be coded takes too long to make.
  Bytes large = ManyScans({64, 64}, 60);
  const std::size_t frame = PlacesOf(large, 0xCA).front();
  large[frame + 5] = large[frame + 7] = 0x1B;  // 6,976 x 6,976
  EXPECT_EQ(FailureOf(large), ErrorCode::kTooManyScans);
}

TEST(JpegVerdict, IsOneForEveryMutation) {
  std::vector<TestJpeg> kinds = {
      {.size = {50, 41}},
      {.size = {50, 41}, .progressive = true},
      {.size = {50, 41}, .scan_per_component = true},
      {.size = {50, 41}, .sampling = {{1, 1}, {1, 1}, {1, 1}}, .restart_rows = 1},
      {.size = {50, 41},
       .sampling = {{2, 1}, {1, 1}, {1, 1}},
       .progressive = true,
       .restart_rows = 1},
      {.size = {50, 41}, .arithmetic = true},
      {.size = {50, 41}, .progressive = true, .arithmetic = true},
      {.size = {50, 41}, .color_space = JCS_GRAYSCALE, .sampling = {{1, 1}}, .progressive = true}};
  constexpr std::uint32_t kMutations = 250;
  constexpr PictureLimits kLimits = {.max_jpeg_scans = 60};
  std::size_t intact = 0;
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const Bytes jpeg = MakeJpeg(kinds[kind], SmoothWave);
    for (std::uint32_t seed = 0; seed < kMutations; ++seed) {
      const Bytes mutated = MutateJpeg(jpeg, seed);
      EXPECT_EQ(DisagreementOn(mutated, kLimits, 1 << 18), std::nullopt)
          << "kind " << kind << ", seed " << seed;
      if (!FailureOf(mutated, {1, 1}, kLimits)) ++intact;
    }
  }
  // Changes that always break a picture would find little.
  EXPECT_GT(intact, kinds.size() * kMutations / 10);
}

TEST(JpegVerdict, IsOneForMutationsOfLargeFiles) {
  constexpr std::uint32_t kMutations = 6;
  for (const JpegSeed& seed : JpegSeeds()) {
    EXPECT_GE(seed.bytes.size(), 64 * 1024) << seed.name;
    EXPECT_LE(seed.bytes.size(), 200 * 1024) << seed.name;
    EXPECT_EQ(DisagreementOn(seed.bytes), std::nullopt) << seed.name;
    for (std::uint32_t number = 0; number < kMutations; ++number) {
      EXPECT_EQ(DisagreementOn(MutateJpeg(seed.bytes, number), {}, 1 << 18), std::nullopt)
          << seed.name << ", " << number;
    }
  }
}

void ExpectOneVerdictForFilesIn(const fs::path& folder, int least) {
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.file_size() > 4'000'000) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.size() < 2 || bytes[0] != 0xFF || bytes[1] != 0xD8) continue;
    ++files;
    EXPECT_EQ(DisagreementOn(bytes, {}, 1 << 20), std::nullopt) << entry.path();
  }
  EXPECT_GE(files, least);
}

TEST(JpegVerdict, IsOneForEveryFileOfTheFuzzersCorpora) {
  ExpectOneVerdictForFilesIn(THIMBLE_FUZZ_CORPUS, 10);
}

TEST(JpegVerdict, IsOneForEveryFileOfTheBank) {
  const char* const shared = std::getenv("THIMBLE_SHARED");
  if (shared == nullptr || !fs::is_directory(shared)) {
    GTEST_SKIP() << "THIMBLE_SHARED names no folder";
  }
  ExpectOneVerdictForFilesIn(fs::path(shared) / "bank" / "files", 50);
}

}  // namespace
}  // namespace thimble
