// The project's own decoder of progressive JPEGs against libjpeg-turbo: the same coefficients, and
// nothing where libjpeg-turbo would not be content, on every SIMD target.
#include "codec/jpeg_progressive.h"

#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "codec/jpeg_coefficients.h"
#include "codec/jpeg_test_support.h"

namespace thimble {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Scans = std::vector<jpeg_scan_info>;

// Everything from flat areas, which give long runs of blocks that have ended, to noise. In between
// there are lonely coefficients of high frequency.
double VariedPicture(int component, double x, double y) {
  const auto hash = [](std::uint32_t value) {
    value = (value ^ (value >> 16)) * 0x45d9f3bU;
    value = (value ^ (value >> 16)) * 0x45d9f3bU;
    return value ^ (value >> 16);
  };
  const auto at =
      static_cast<std::uint32_t>(y * 4099 + x * 2) * 3 + static_cast<std::uint32_t>(component);
  const std::uint32_t patch =
      hash(static_cast<std::uint32_t>(y / 24) * 977 + static_cast<std::uint32_t>(x / 40)) % 8;
  if (patch < 3) return 100;
  const double wave = SmoothWave(component, x, y);
  if (patch == 3) return wave + 30 * (static_cast<int>(x) % 2) * (static_cast<int>(y) % 2);
  const double noise = static_cast<double>(hash(at) % 256) - 128;
  return wave + noise * (patch - 4) / 3;
}

std::string Describe(const jpeg_scan_info& scan) {
  std::string text;
  for (int i = 0; i < scan.comps_in_scan; ++i) text += std::to_string(scan.component_index[i]);
  return text + ": " + std::to_string(scan.Ss) + "-" + std::to_string(scan.Se) + ", " +
         std::to_string(scan.Ah) + "-" + std::to_string(scan.Al) + "; ";
}

std::string Describe(const Scans& scans) {
  std::string text;
  for (const jpeg_scan_info& scan : scans) text += Describe(scan);
  return text;
}

void ExpectTheSameCoefficients(const Bytes& jpeg, const std::string& what) {
  JpegHeader header(jpeg);
  ASSERT_TRUE(header.is_good()) << what;
  const std::optional<JpegCoefficients> own = header.ReadByOwn();
  EXPECT_TRUE(own) << what << " was not read";
  EXPECT_TRUE(own == header.ReadByLibjpeg()) << what;
}

bool IsReadByOwn(const Bytes& jpeg) {
  const JpegHeader header(jpeg);
  return header.is_good() && header.ReadByOwn().has_value();
}

// Gives whether the own decoder read it; then libjpeg reads the same.
bool IsReadAlikeOrLeft(const Bytes& jpeg, const std::string& what) {
  JpegHeader header(jpeg);
  if (!header.is_good()) return false;
  const std::optional<JpegCoefficients> own = header.ReadByOwn();
  if (!own) return false;
  EXPECT_TRUE(own == header.ReadByLibjpeg()) << what;
  return true;
}

jpeg_scan_info DcScan(const std::vector<int>& components, int before, int low) {
  jpeg_scan_info scan{static_cast<int>(components.size()), {}, 0, 0, before, low};
  std::copy(components.begin(), components.end(), scan.component_index);
  return scan;
}

jpeg_scan_info AcScan(int component, int first, int last, int before, int low) {
  return {1, {component}, first, last, before, low};
}

// All the AC coefficients of a component, bit by bit.
Scans BitByBit(int component, int first, int last, int bits) {
  Scans scans = {AcScan(component, first, last, 0, bits)};
  for (; bits > 0; --bits) scans.push_back(AcScan(component, first, last, bits, bits - 1));
  return scans;
}

Scans Joined(const std::vector<Scans>& parts) {
  Scans scans;
  for (const Scans& part : parts) scans.insert(scans.end(), part.begin(), part.end());
  return scans;
}

const std::vector<Scans>& Progressions() {
  static const std::vector<Scans> progressions = [] {
    std::vector<Scans> made;
    // DC alone, of all or one by one.
    made.push_back({DcScan({0, 1, 2}, 0, 0)});
    made.push_back({DcScan({2}, 0, 0), DcScan({0}, 0, 0), DcScan({1}, 0, 0)});
    made.push_back({DcScan({0}, 0, 3), DcScan({1, 2}, 0, 2), DcScan({1}, 2, 1), DcScan({0}, 3, 2),
                    DcScan({0, 2}, 2, 1), DcScan({0, 1, 2}, 1, 0)});
    // Parts of the spectrum, some of them left out.
    const Scans dc = {DcScan({0, 1, 2}, 0, 0)};
    made.push_back(Joined({dc, {AcScan(0, 1, 5, 0, 0), AcScan(1, 1, 63, 0, 0)}}));
    made.push_back(Joined({dc, {AcScan(0, 40, 63, 0, 0), AcScan(0, 1, 2, 0, 0)}}));
    Scans one_by_one = dc;
    for (int i = 1; i < DCTSIZE2; ++i) one_by_one.push_back(AcScan(0, i, i, 0, i % 2));
    made.push_back(one_by_one);
    // Bit by bit, not always to the last.
    made.push_back(Joined({dc, BitByBit(0, 1, 63, 3), BitByBit(1, 1, 63, 2)}));
    made.push_back(Joined({dc, BitByBit(0, 1, 9, 2), BitByBit(0, 10, 63, 3)}));
    made.push_back(Joined({dc, {AcScan(2, 1, 63, 0, 2), AcScan(2, 1, 63, 2, 1)}}));
    // The parts of the first scans are not those of the refinements.
    made.push_back(
        Joined({dc,
                {AcScan(0, 1, 20, 0, 1), AcScan(0, 21, 63, 0, 1), AcScan(0, 1, 63, 1, 0),
                 AcScan(1, 1, 63, 0, 1), AcScan(1, 1, 7, 1, 0), AcScan(1, 8, 63, 1, 0)}}));
    return made;
  }();
  return progressions;
}

// Of three components; legal, otherwise anything.
Scans RandomProgression(std::mt19937& random) {
  const auto pick = [&random](int from, int to) {
    return from + static_cast<int>(random() % static_cast<unsigned>(to - from + 1));
  };
  Scans scans = {DcScan({0, 1, 2}, 0, pick(0, 2))};
  std::array<std::array<int, DCTSIZE2>, 3> low_bits{};
  for (auto& of_component : low_bits) of_component.fill(-1);
  for (int i = pick(1, 40); i > 0; --i) {
    const int component = pick(0, 2);
    auto& bits = low_bits[static_cast<std::size_t>(component)];
    const auto first = static_cast<std::size_t>(pick(0, 3) > 0 ? 1 : pick(1, 63));
    std::size_t last = first;
    while (last < 63 && bits[last + 1] == bits[first] && pick(0, 40) > 0) ++last;
    const int before = bits[first];
    if (before == 0) continue;
    const int low = before < 0 ? pick(0, 3) : before - 1;
    std::fill(bits.begin() + static_cast<std::ptrdiff_t>(first),
              bits.begin() + static_cast<std::ptrdiff_t>(last) + 1, low);
    scans.push_back(AcScan(component, static_cast<int>(first), static_cast<int>(last),
                           std::max(before, 0), low));
  }
  return scans;
}

class JpegProgressiveScans : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(JpegProgressiveScans);

TEST_P(JpegProgressiveScans, GiveTheSameCoefficientsInEverySampling) {
  const std::vector<std::vector<SamplingFactors>> samplings = {
      {{1, 1}, {1, 1}, {1, 1}}, {{2, 1}, {1, 1}, {1, 1}}, {{2, 2}, {1, 1}, {1, 1}},
      {{1, 2}, {1, 1}, {1, 1}}, {{4, 1}, {1, 1}, {1, 1}}, {{2, 2}, {2, 1}, {1, 2}},
      {{1, 1}, {2, 2}, {1, 1}}};
  for (const auto& sampling : samplings) {
    for (const int quality : {20, 75, 90, 100}) {
      const TestJpeg kind{
          .size = {331, 173}, .sampling = sampling, .quality = quality, .progressive = true};
      ExpectTheSameCoefficients(MakeJpeg(kind, VariedPicture),
                                std::to_string(sampling[0].horizontal) + "x" +
                                    std::to_string(sampling[0].vertical) + " at quality " +
                                    std::to_string(quality));
    }
  }
}

TEST_P(JpegProgressiveScans, GiveTheSameCoefficientsAtEverySize) {
  for (const int side : {1, 7, 8, 9, 16, 17, 24, 33, 64, 255}) {
    for (const Size size : {Size{side, 40}, Size{40, side}}) {
      ExpectTheSameCoefficients(MakeJpeg({.size = size, .progressive = true}, VariedPicture),
                                std::to_string(size.width) + "x" + std::to_string(size.height));
    }
  }
}

TEST_P(JpegProgressiveScans, GiveTheSameCoefficientsInEveryColorSpace) {
  const TestJpeg gray{
      .size = {300, 200}, .color_space = JCS_GRAYSCALE, .sampling = {{1, 1}}, .progressive = true};
  // The MCU of a single component is one block, whatever the factors say.
  const TestJpeg odd_gray{
      .size = {300, 199}, .color_space = JCS_GRAYSCALE, .sampling = {{2, 2}}, .progressive = true};
  const TestJpeg rgb{.size = {300, 200},
                     .color_space = JCS_RGB,
                     .sampling = {{1, 1}, {1, 1}, {1, 1}},
                     .progressive = true};
  const TestJpeg inks{.size = {300, 200},
                      .color_space = JCS_YCCK,
                      .sampling = {{2, 2}, {1, 1}, {1, 1}, {2, 2}},
                      .progressive = true,
                      .adobe_marker = true};
  for (const TestJpeg& kind : {gray, odd_gray, rgb, inks}) {
    ExpectTheSameCoefficients(MakeJpeg(kind, VariedPicture), std::to_string(kind.color_space));
  }
}

TEST_P(JpegProgressiveScans, GiveTheSameCoefficientsInEveryProgression) {
  for (const Scans& scans : Progressions()) {
    for (const int quality : {50, 97}) {
      const TestJpeg kind{.size = {331, 173}, .quality = quality, .scans = scans};
      ExpectTheSameCoefficients(MakeJpeg(kind, VariedPicture), Describe(scans));
    }
  }
}

TEST_P(JpegProgressiveScans, GiveTheSameCoefficientsInRandomProgressions) {
  std::mt19937 random(3);
  for (int i = 0; i < 60; ++i) {
    const Scans scans = RandomProgression(random);
    const TestJpeg kind{.size = {211, 93}, .quality = 60 + i % 41, .scans = scans};
    ExpectTheSameCoefficients(MakeJpeg(kind, VariedPicture), Describe(scans));
  }
}

// More blocks than one code can end.
TEST_P(JpegProgressiveScans, GiveTheSameCoefficientsOfALargeFlatPicture) {
  const auto flat_with_a_dot = [](int /*component*/, double x, double y) {
    return x > 1500 && x < 1510 && y > 1300 && y < 1310 ? 20 : 128;
  };
  for (const auto& sampling : {SamplingFactors{1, 1}, SamplingFactors{2, 2}}) {
    const TestJpeg kind{
        .size = {1900, 1500}, .sampling = {sampling, {1, 1}, {1, 1}}, .progressive = true};
    ExpectTheSameCoefficients(MakeJpeg(kind, flat_with_a_dot), "flat");
  }
}

TEST_P(JpegProgressiveScans, AreReadAlikeOrLeftWhenDamaged) {
  const Bytes whole =
      MakeJpeg({.size = {200, 150}, .quality = 75, .progressive = true}, VariedPicture);
  std::mt19937 random(4);
  int left = 0;
  constexpr int kDamages = 1500;
  for (int i = 0; i < kDamages; ++i) {
    Bytes damaged = whole;
    const std::size_t at = 160 + random() % (whole.size() - 162);
    damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << random() % 8));
    if (!IsReadAlikeOrLeft(damaged, "bit flipped at " + std::to_string(at))) ++left;
  }
  EXPECT_GT(left, 0);
  EXPECT_LT(left, kDamages);
}

TEST_P(JpegProgressiveScans, AreLeftWhereverTheyAreCut) {
  const Bytes whole = MakeJpeg({.size = {100, 70}, .progressive = true}, VariedPicture);
  for (std::size_t size = 160; size < whole.size(); size += size % 13 + 1) {
    Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(IsReadByOwn(cut)) << size;
    // Fewer scans may be a whole picture.
    cut.insert(cut.end(), {0xFF, JPEG_EOI});
    IsReadAlikeOrLeft(cut, "cut at " + std::to_string(size));
  }
}

TEST(JpegProgressiveKinds, ThatAreUncommonAreLeftToLibjpeg) {
  EXPECT_TRUE(IsReadByOwn(MakeJpeg({.progressive = true}, SmoothWave)));
  EXPECT_FALSE(IsReadByOwn(MakeJpeg({}, SmoothWave)));
  EXPECT_FALSE(IsReadByOwn(MakeJpeg({.scan_per_component = true}, SmoothWave)));
  EXPECT_FALSE(IsReadByOwn(MakeJpeg({.progressive = true, .restart_rows = 1}, SmoothWave)));
  EXPECT_FALSE(IsReadByOwn(MakeJpeg({.progressive = true, .arithmetic = true}, SmoothWave)));
  Scans many_bits = BitByBit(0, 1, 63, 4);
  many_bits.insert(many_bits.begin(), DcScan({0, 1, 2}, 0, 0));
  EXPECT_FALSE(IsReadByOwn(MakeJpeg({.scans = many_bits}, SmoothWave)));
}

TEST(JpegProgressiveKinds, WithOddSegmentsBetweenScansAreLeftToLibjpeg) {
  const Bytes whole = MakeJpeg({.progressive = true}, SmoothWave);
  const auto with = [&whole](const Bytes& segment) {
    Bytes jpeg = whole;
    jpeg.insert(jpeg.end() - 2, segment.begin(), segment.end());
    return jpeg;
  };
  const Bytes comment = {0xFF, JPEG_COM, 0, 4, 'a', 'b'};
  EXPECT_TRUE(IsReadByOwn(with(comment)));
  EXPECT_TRUE(IsReadByOwn(with({0xFF, 0xFF, 0xFF})));  // fill bytes
  EXPECT_FALSE(IsReadByOwn(with({0})));
  EXPECT_TRUE(IsReadByOwn(with({0xFF, 0xFE, 0, 0})));         // a comment without a length
  EXPECT_FALSE(IsReadByOwn(with({0xFF, 0xDD, 0, 4, 0, 9})));  // restart interval
  EXPECT_FALSE(IsReadByOwn(with({0xFF, 0xDB, 0, 2})));        // quantization tables
  EXPECT_FALSE(IsReadByOwn(with({0xFF, 0xDC, 0, 4, 0, 9})));  // number of lines
}

TEST(JpegProgressivePhotos, HaveTheSameCoefficients) {
  const char* const shared = std::getenv("THIMBLE_SHARED");
  if (shared == nullptr || !std::filesystem::is_directory(shared)) {
    GTEST_SKIP() << "THIMBLE_SHARED names no folder";
  }
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(shared) / "photos")) {
    const std::string name = entry.path().filename();
    if (!name.ends_with("-prog.jpg") && name.find("-prog-") == std::string::npos) continue;
    ++files;
    std::ifstream file(entry.path(), std::ios::binary);
    ExpectTheSameCoefficients({std::istreambuf_iterator<char>(file), {}}, name);
  }
  EXPECT_GT(files, 2);
}

}  // namespace
}  // namespace thimble
