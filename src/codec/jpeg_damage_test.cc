// JPEGs that are broken, cut, hostile or of a kind that is not decoded.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "codec/codecs.h"
#include "codec/jpeg_test_support.h"

namespace thimble {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes FirstBytes(const Bytes& jpeg, std::size_t size) {
  return {jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(size)};
}

// The offset of the first marker of the kind, not before `from`.
std::size_t FindMarker(const Bytes& jpeg, std::uint8_t marker, std::size_t from = 0) {
  const std::array<std::uint8_t, 2> code = {0xFF, marker};
  const auto found = std::search(jpeg.begin() + static_cast<std::ptrdiff_t>(from), jpeg.end(),
                                 code.begin(), code.end());
  EXPECT_NE(found, jpeg.end());
  return static_cast<std::size_t>(found - jpeg.begin());
}

constexpr std::uint8_t kSof0 = 0xC0;
constexpr std::uint8_t kSof2 = 0xC2;
constexpr std::uint8_t kDht = 0xC4;
constexpr std::uint8_t kSos = 0xDA;
constexpr std::size_t kEndMarkerBytes = 2;

class CutJpeg : public testing::TestWithParam<TestJpeg> {};

TEST_P(CutJpeg, IsCorruptWhereverItIsCut) {
  const Bytes whole = MakeJpeg(GetParam(), SmoothWave);
  // The coder's last bytes may hold nothing but padding.
  const std::size_t last = whole.size() - kEndMarkerBytes - 4;
  for (std::size_t size = 0; size < last; size += size < 700 ? 1 : 37) {
    EXPECT_EQ(FailureOf(FirstBytes(whole, size)), ErrorCode::kCorruptImage)
        << size << " of " << whole.size();
  }
}

INSTANTIATE_TEST_SUITE_P(AllCodings, CutJpeg,
                         testing::Values(TestJpeg{}, TestJpeg{.progressive = true},
                                         TestJpeg{.scan_per_component = true},
                                         TestJpeg{.restart_rows = 1}, TestJpeg{.arithmetic = true},
                                         TestJpeg{.size = {64, 64},
                                                  .color_space = JCS_GRAYSCALE,
                                                  .sampling = {{1, 1}}}));

// Fewer scans may be a whole picture, and arithmetic coding may leave out zeros at its end; in one
// Huffman-coded scan every missing byte is missed.
class CutSingleScanJpeg : public testing::TestWithParam<TestJpeg> {};

TEST_P(CutSingleScanJpeg, IsCorruptAlsoWhenAnEndMarkerWasPutBehindTheCut) {
  const Bytes whole = MakeJpeg(GetParam(), SmoothWave);
  const std::size_t last = whole.size() - kEndMarkerBytes - 4;
  for (std::size_t size = 0; size < last; size += size < 700 ? 1 : 37) {
    Bytes cut = FirstBytes(whole, size);
    cut.insert(cut.end(), {0xFF, 0xD9});
    EXPECT_EQ(FailureOf(cut), ErrorCode::kCorruptImage) << size << " of " << whole.size();
  }
}

INSTANTIATE_TEST_SUITE_P(BaselineCodings, CutSingleScanJpeg,
                         testing::Values(TestJpeg{}, TestJpeg{.restart_rows = 1}));

TEST(JpegDamage, IsForgivenWhenOnlyTheEndMarkerIsMissing) {
  for (const TestJpeg& coding :
       {TestJpeg{}, TestJpeg{.progressive = true}, TestJpeg{.scan_per_component = true}}) {
    Bytes jpeg = MakeJpeg(coding, SmoothWave);
    jpeg.resize(jpeg.size() - kEndMarkerBytes);
    EXPECT_EQ(FailureOf(jpeg), std::nullopt);
  }
}

TEST(JpegDamage, IsForgivenBehindTheEndMarker) {
  Bytes jpeg = MakeJpeg({}, SmoothWave);
  jpeg.insert(jpeg.end(), 1000, 0x5A);
  EXPECT_EQ(FailureOf(jpeg), std::nullopt);
}

TEST(JpegDamage, IsForgivenBetweenSegments) {
  Bytes jpeg = MakeJpeg({}, SmoothWave);
  jpeg.insert(jpeg.begin() + 2, {0x00, 0x11, 0x22});
  EXPECT_EQ(FailureOf(jpeg), std::nullopt);
}

TEST(JpegDamage, IsCorruptWhenAComponentHasNoScan) {
  const Bytes whole = MakeJpeg({.scan_per_component = true}, SmoothWave);
  const std::size_t scan = FindMarker(whole, kSos);
  // The next component's tables follow the first one's data.
  Bytes first_only = FirstBytes(whole, FindMarker(whole, kDht, scan));
  first_only.insert(first_only.end(), {0xFF, 0xD9});
  EXPECT_EQ(FailureOf(first_only), ErrorCode::kCorruptImage);
}

TEST(JpegDamage, NeverCountsAsABugOfOurs) {
  for (const bool progressive : {false, true}) {
    const Bytes original =
        MakeJpeg({.size = {48, 40}, .progressive = progressive, .restart_rows = 1}, SmoothWave);
    // Changed sizes would cost minutes of memory clearing and find nothing: they are left out.
    const std::size_t size_begin = FindMarker(original, progressive ? kSof2 : kSof0) + 5;
    const std::size_t size_end = size_begin + 4;
    for (std::size_t i = 0; i < original.size(); ++i) {
      if (i >= size_begin && i < size_end) continue;
      for (const int flip : {0x01, 0x10, 0x80, 0xFF}) {
        Bytes jpeg = original;
        jpeg[i] = static_cast<std::uint8_t>(jpeg[i] ^ flip);
        EXPECT_NE(FailureOf(jpeg, {.eighths = 4, .chroma_eighths = 4}), ErrorCode::kInternal) << i;
      }
    }
  }
}

TEST(JpegKinds, ThatNobodyDecodesAreUnsupported) {
  const Bytes baseline = MakeJpeg({}, SmoothWave);
  const std::size_t frame = FindMarker(baseline, kSof0);
  for (const int process : {0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF}) {
    Bytes jpeg = baseline;
    jpeg[frame + 1] = static_cast<std::uint8_t>(process);
    EXPECT_EQ(FailureOf(jpeg), ErrorCode::kUnsupportedFormat) << process;
  }
}

TEST(JpegKinds, OfTwelveBitsAreUnsupportedAndOfImpossiblePrecisionsCorrupt) {
  Bytes jpeg = MakeJpeg({}, SmoothWave);
  std::uint8_t& precision = jpeg[FindMarker(jpeg, kSof0) + 4];
  precision = 12;
  EXPECT_EQ(FailureOf(jpeg), ErrorCode::kUnsupportedFormat);
  precision = 0;
  EXPECT_EQ(FailureOf(jpeg), ErrorCode::kCorruptImage);
}

TEST(JpegKinds, OfTwoComponentsAreUnsupported) {
  const Bytes jpeg =
      MakeJpeg({.color_space = JCS_UNKNOWN, .sampling = {{1, 1}, {1, 1}}}, SmoothWave);
  EXPECT_EQ(FailureOf(jpeg), ErrorCode::kUnsupportedFormat);
}

TEST(JpegLimits, RefuseMoreScansThanAllowedBeforeDecoding) {
  const Bytes jpeg = MakeJpeg({.progressive = true}, SmoothWave);
  constexpr std::int32_t kScans = 10;  // libjpeg's own progression of three components
  EXPECT_EQ(FailureOf(jpeg, {}, {.max_jpeg_scans = kScans}), std::nullopt);
  EXPECT_EQ(FailureOf(jpeg, {}, {.max_jpeg_scans = kScans - 1}), ErrorCode::kTooManyScans);
}

constexpr bool HasSanitizer() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#elif defined(__has_feature)
  return __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
  return false;
#endif
}

// Bytes of data that the process has now.
rlim_t DataBytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  rlim_t kibibytes = 0;
  while (status >> word && word != "VmData:") {
  }
  status >> kibibytes;
  return kibibytes * 1024;
}

// 4,000 x 4,000 pixels have 48 MB of coefficients.
Bytes LargeProgressive(bool arithmetic) {
  return MakeJpeg(
      {.size = {4000, 4000}, .quality = 10, .progressive = true, .arithmetic = arithmetic},
      [](int, double, double) { return 128.0; });
}

class RowsForNobody final : public BandSink {
 public:
  bool AcceptBand(std::span<const PlaneView> /*band*/) override { return true; }
};

// In a process of its own: what decoding with 8 MB more than there are gives.
void ExpectWithLittleMemory(const Bytes& jpeg, std::optional<ErrorCode> expected) {
  const auto decode = [&] {
    const rlim_t limit = DataBytes() + rlim_t{8} * 1024 * 1024;
    const rlimit data{.rlim_cur = limit, .rlim_max = limit};
    setrlimit(RLIMIT_DATA, &data);
    const auto decoder = OpenJpegDecoder(jpeg, {});
    RowsForNobody rows;
    if (!decoder || !(*decoder)->Start({})) std::exit(1);
    const Status decoded = (*decoder)->Decode(rows);
    const std::optional<ErrorCode> failure =
        decoded ? std::nullopt : std::optional(decoded.error().code);
    std::exit(failure == expected ? 0 : 1);
  };
  EXPECT_EXIT(decode(), testing::ExitedWithCode(0), "");
}

TEST(JpegLimits, MakeAPictureTooCostlyThatHasToBeHeldWhereMemoryEnds) {
  if (HasSanitizer()) GTEST_SKIP() << "a sanitizer's allocator ignores the limit";
  ExpectWithLittleMemory(LargeProgressive(true), ErrorCode::kImageTooCostly);
}

TEST(JpegLimits, AreFarForAProgressivePictureThatIsReadRowByRow) {
  if (HasSanitizer()) GTEST_SKIP() << "a sanitizer's allocator ignores the limit";
  ExpectWithLittleMemory(LargeProgressive(false), std::nullopt);
}

}  // namespace
}  // namespace thimble
