// The project's own reader of baseline JPEGs against libjpeg-turbo's: the same samples, and the
// same answer to damage, on every SIMD target. At full size they are libjpeg-turbo's own samples.
#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "codec/jpeg_baseline.h"
#include "codec/jpeg_coefficients.h"
#include "codec/jpeg_delivery.h"
#include "codec/jpeg_frame.h"
#include "codec/jpeg_test_support.h"

namespace thimble {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::array<DecodeScale, 7> kScales = {
    {{8, 8}, {4, 4}, {2, 2}, {1, 1}, {5, 3}, {1, 2}, {6, 1}}};

std::string TextOf(DecodeScale scale) {
  return " at " + std::to_string(scale.eighths) + "/8 and " + std::to_string(scale.chroma_eighths) +
         "/8";
}

void ExpectTheSameByBothMethods(const Bytes& jpeg, const std::string& what) {
  for (const DecodeScale scale : kScales) {
    const JpegDelivery own = DeliverJpeg(JpegMethod::kFastest, jpeg, scale);
    const JpegDelivery libjpegs = DeliverJpeg(JpegMethod::kLibjpeg, jpeg, scale);
    EXPECT_EQ(own.failure, libjpegs.failure) << what << TextOf(scale);
    // Of a broken picture one may have handed on rows before it noticed.
    EXPECT_TRUE(own.failure || own.planes == libjpegs.planes) << what << TextOf(scale);
  }
}

// Gives whether the scales were decoded in one pass; then each scale got what it gets alone.
bool DecodesTogetherAsAlone(const Bytes& jpeg, const std::vector<DecodeScale>& scales,
                            const std::string& what) {
  const auto together = DeliverJpegTogether(jpeg, scales);
  if (!together) return false;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const JpegDelivery alone = DeliverJpeg(JpegMethod::kLibjpeg, jpeg, scales[i]);
    EXPECT_EQ(alone.failure, std::nullopt) << what;
    EXPECT_TRUE((*together)[i].planes == alone.planes) << what << TextOf(scales[i]) << " together";
  }
  return true;
}

const std::vector<std::vector<DecodeScale>>& ScaleSets() {
  static const std::vector<std::vector<DecodeScale>> sets = {
      {{1, 1}, {2, 2}, {4, 4}, {8, 8}}, {{8, 8}, {1, 1}}, {{4, 2}, {2, 4}}, {{2, 2}, {2, 2}}};
  return sets;
}

class RowCounter final : public McuRowSink {
 public:
  explicit RowCounter(int wanted = std::numeric_limits<int>::max()) : wanted_(wanted) {}
  bool AcceptMcuRow(std::span<Plane> /*planes*/) override { return ++rows_ < wanted_; }
  int rows() const { return rows_; }

 private:
  int wanted_;
  int rows_ = 0;
};

struct OwnResult {
  bool tried = false;
  bool complete = false;
  int rows = 0;
};

// Without libjpeg's help for what goes wrong.
OwnResult DecodeByOwn(const Bytes& jpeg, DecodeScale scale) {
  const JpegHeader header(jpeg);
  const std::optional<BaselineScan> scan = BaselineScanOf(header.libjpeg());
  if (!scan) return {};
  RowCounter counter;
  const ScanOutput output = {
      BlockSidesFor(header.libjpeg(), *ColorModelOf(header.libjpeg()), scale), &counter};
  const auto end = DecodeBaselineScan(*scan, {&output, 1});
  return {true, end && *end == ScanEnd::kComplete, counter.rows()};
}

// Everything from flat areas to noise at full contrast, so that blocks of all kinds come up: some
// with DC alone, some that end without an end-of-block code.
double VariedPicture(int component, double x, double y) {
  const auto hash = [](std::uint32_t value) {
    value = (value ^ (value >> 16)) * 0x45d9f3bU;
    value = (value ^ (value >> 16)) * 0x45d9f3bU;
    return value ^ (value >> 16);
  };
  const auto at =
      static_cast<std::uint32_t>(y * 4099 + x * 2) * 3 + static_cast<std::uint32_t>(component);
  const double noise = static_cast<double>(hash(at) % 256) - 128;
  const double patch = static_cast<double>(
      hash(static_cast<std::uint32_t>(y / 24) * 977 + static_cast<std::uint32_t>(x / 24)) % 4);
  return SmoothWave(component, x, y) + noise * patch / 3;
}

const std::vector<std::vector<SamplingFactors>>& CommonSamplings() {
  static const std::vector<std::vector<SamplingFactors>> samplings = {
      {{1, 1}, {1, 1}, {1, 1}}, {{2, 1}, {1, 1}, {1, 1}}, {{2, 2}, {1, 1}, {1, 1}},
      {{1, 2}, {1, 1}, {1, 1}}, {{4, 1}, {1, 1}, {1, 1}}, {{2, 2}, {2, 1}, {1, 2}}};
  return samplings;
}

constexpr int kDamages = 60;

// Planes of whole blocks, by libjpeg-turbo from the file to the samples.
std::vector<Bytes> RawPlanes(const Bytes& jpeg, std::vector<std::size_t>& strides) {
  jpeg_error_mgr errors{};
  jpeg_decompress_struct libjpeg{};
  libjpeg.err = jpeg_std_error(&errors);
  jpeg_CreateDecompress(&libjpeg, JPEG_LIB_VERSION, sizeof(libjpeg));
  jpeg_mem_src(&libjpeg, jpeg.data(), jpeg.size());
  jpeg_read_header(&libjpeg, TRUE);
  libjpeg.out_color_space = libjpeg.jpeg_color_space;
  libjpeg.raw_data_out = TRUE;
  libjpeg.do_block_smoothing = FALSE;
  jpeg_start_decompress(&libjpeg);
  std::vector<Bytes> planes(static_cast<std::size_t>(libjpeg.num_components));
  const auto lines = static_cast<JDIMENSION>(libjpeg.max_v_samp_factor * DCTSIZE);
  for (JDIMENSION band = 0; libjpeg.output_scanline < libjpeg.output_height; ++band) {
    std::vector<std::vector<JSAMPROW>> rows(planes.size());
    std::vector<JSAMPARRAY> arrays;
    strides.clear();
    for (std::size_t i = 0; i < planes.size(); ++i) {
      const jpeg_component_info& component = libjpeg.comp_info[i];
      const std::size_t stride = std::size_t{component.width_in_blocks} * DCTSIZE;
      const auto height = static_cast<std::size_t>(component.v_samp_factor) * DCTSIZE;
      planes[i].resize((band + 1) * height * stride);
      for (std::size_t y = 0; y < height; ++y) {
        rows[i].push_back(&planes[i][(band * height + y) * stride]);
      }
      arrays.push_back(rows[i].data());
      strides.push_back(stride);
    }
    jpeg_read_raw_data(&libjpeg, arrays.data(), lines);
  }
  jpeg_destroy_decompress(&libjpeg);
  return planes;
}

void ExpectLibjpegsSamples(const Bytes& jpeg, const std::string& what) {
  const auto picture = DecodeJpeg(jpeg);
  ASSERT_TRUE(picture) << what;
  std::vector<std::size_t> strides;
  const std::vector<Bytes> expected = RawPlanes(jpeg, strides);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const GatheredPlane& plane = picture->planes[i];
    for (int y = 0; y < plane.layout.size.height; ++y) {
      const auto row = expected[i].begin() +
                       static_cast<std::ptrdiff_t>(static_cast<std::size_t>(y) * strides[i]);
      bool same = true;
      for (int x = 0; x < plane.layout.size.width; ++x) same = same && plane.at(x, y) == row[x];
      ASSERT_TRUE(same) << what << ", plane " << i << ", row " << y;
    }
  }
}

class JpegMethods : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(JpegMethods);

TEST_P(JpegMethods, GiveTheSameSamplesInEverySampling) {
  for (const auto& sampling : CommonSamplings()) {
    for (const int quality : {30, 85, 100}) {
      const Bytes jpeg =
          MakeJpeg({.size = {331, 173}, .sampling = sampling, .quality = quality}, VariedPicture);
      const std::string what = std::to_string(sampling[0].horizontal) + "x" +
                               std::to_string(sampling[0].vertical) + " at quality " +
                               std::to_string(quality);
      ExpectTheSameByBothMethods(jpeg, what);
      for (const DecodeScale scale : kScales) {
        const OwnResult own = DecodeByOwn(jpeg, scale);
        EXPECT_TRUE(own.complete) << what << TextOf(scale) << ": " << own.rows << " rows";
      }
    }
  }
}

TEST_P(JpegMethods, GiveLibjpegsSamplesAtFullSize) {
  for (const auto& sampling : CommonSamplings()) {
    for (const bool progressive : {false, true}) {
      ExpectLibjpegsSamples(
          MakeJpeg({.size = {331, 173}, .sampling = sampling, .progressive = progressive},
                   VariedPicture),
          std::to_string(sampling[0].horizontal) + "x" + std::to_string(sampling[0].vertical));
    }
  }
}

TEST_P(JpegMethods, GiveTheSameSamplesAtEverySize) {
  for (const int side : {1, 7, 8, 9, 16, 17, 33, 64, 255}) {
    for (const Size size : {Size{side, 40}, Size{40, side}}) {
      ExpectTheSameByBothMethods(MakeJpeg({.size = size}, VariedPicture),
                                 std::to_string(size.width) + "x" + std::to_string(size.height));
    }
  }
}

TEST_P(JpegMethods, GiveTheSameSamplesInEveryColorSpace) {
  const TestJpeg gray{.size = {300, 200}, .color_space = JCS_GRAYSCALE, .sampling = {{1, 1}}};
  const TestJpeg rgb{
      .size = {300, 200}, .color_space = JCS_RGB, .sampling = {{1, 1}, {1, 1}, {1, 1}}};
  const TestJpeg inks{.size = {300, 200},
                      .color_space = JCS_YCCK,
                      .sampling = {{2, 2}, {1, 1}, {1, 1}, {2, 2}},
                      .adobe_marker = true};
  for (const TestJpeg& kind : {gray, rgb, inks}) {
    const Bytes jpeg = MakeJpeg(kind, VariedPicture);
    ExpectTheSameByBothMethods(jpeg, std::to_string(kind.color_space));
    EXPECT_TRUE(DecodeByOwn(jpeg, {}).complete);
  }
}

TEST_P(JpegMethods, GiveTheSameSamplesWithRestartMarkers) {
  for (const auto& sampling : CommonSamplings()) {
    for (const int rows : {1, 2, 5}) {
      for (const Size size : {Size{331, 173}, Size{136, 300}}) {
        const Bytes jpeg =
            MakeJpeg({.size = size, .sampling = sampling, .restart_rows = rows}, VariedPicture);
        const std::string what = std::to_string(rows) + " rows of " + std::to_string(size.width);
        ExpectTheSameByBothMethods(jpeg, what);
        for (const DecodeScale scale : kScales) {
          EXPECT_TRUE(DecodeByOwn(jpeg, scale).complete) << what << TextOf(scale);
        }
      }
    }
  }
}

// Missing, doubled and exchanged markers among what is flipped and cut.
TEST_P(JpegMethods, AnswerDamageBetweenRestartMarkersAlike) {
  const Bytes whole =
      MakeJpeg({.size = {400, 300}, .quality = 75, .restart_rows = 1}, VariedPicture);
  std::mt19937 random(7);
  for (int i = 0; i < kDamages; ++i) {
    Bytes damaged = whole;
    const std::size_t at = 700 + random() % (whole.size() - 702);
    const auto marker =
        std::find(damaged.begin() + static_cast<std::ptrdiff_t>(at), damaged.end(), 0xFF);
    const auto place = marker - damaged.begin();
    switch (i % 4) {
      case 0: damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << random() % 8)); break;
      case 1: damaged.resize(at); break;
      case 2: damaged.insert(damaged.begin() + place, {0xFF, 0xD3}); break;
      default:
        if (damaged.end() - marker > 2) damaged.erase(marker, marker + 2);
    }
    ExpectTheSameByBothMethods(damaged, "damage " + std::to_string(i));
  }
}

// Large enough for many runs of the MCU reader and several windows of bits.
TEST_P(JpegMethods, GiveTheSameSamplesOfALargePicture) {
  for (const int quality : {40, 98}) {
    const Bytes jpeg = MakeJpeg({.size = {1500, 900}, .quality = quality}, VariedPicture);
    ExpectTheSameByBothMethods(jpeg, std::to_string(quality));
    for (const DecodeScale scale : kScales) EXPECT_TRUE(DecodeByOwn(jpeg, scale).complete);
  }
}

TEST_P(JpegMethods, GiveEveryScaleTheSameSamplesTogetherAsAlone) {
  const auto expect_for = [](const TestJpeg& kind, const std::string& what) {
    const Bytes jpeg = MakeJpeg(kind, VariedPicture);
    for (const auto& scales : ScaleSets()) {
      EXPECT_TRUE(DecodesTogetherAsAlone(jpeg, scales, what)) << what;
    }
  };
  for (const auto& sampling : CommonSamplings()) {
    expect_for({.size = {331, 173}, .sampling = sampling},
               std::to_string(sampling[0].horizontal) + "x" + std::to_string(sampling[0].vertical));
  }
  expect_for({.size = {300, 200}, .color_space = JCS_GRAYSCALE, .sampling = {{1, 1}}}, "gray");
  expect_for({.size = {300, 200},
              .color_space = JCS_YCCK,
              .sampling = {{2, 2}, {1, 1}, {1, 1}, {2, 2}},
              .adobe_marker = true},
             "inks");
  expect_for({.size = {1500, 900}, .quality = 98}, "a large picture");
}

TEST_P(JpegMethods, RefuseToDecodeDamageTogetherOrGiveTheSame) {
  const Bytes whole = MakeJpeg({.size = {400, 300}, .quality = 75}, VariedPicture);
  std::mt19937 random(6);
  int refused = 0;
  for (int i = 0; i < kDamages; ++i) {
    Bytes damaged = whole;
    const std::size_t at = 700 + random() % (whole.size() - 702);
    damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << random() % 8));
    const std::string what = "bit flipped at " + std::to_string(at);
    if (!DecodesTogetherAsAlone(damaged, ScaleSets().front(), what)) ++refused;
    damaged.resize(at);
    EXPECT_FALSE(DecodesTogetherAsAlone(damaged, ScaleSets().front(), what));
  }
  EXPECT_GT(refused, 0);
}

// What was handed on before the damage was found must not come twice, nor change.
TEST_P(JpegMethods, AnswerDamageAlike) {
  const Bytes whole = MakeJpeg({.size = {400, 300}, .quality = 75}, VariedPicture);
  std::mt19937 random(5);
  for (int i = 0; i < kDamages; ++i) {
    Bytes damaged = whole;
    const std::size_t at = 700 + random() % (whole.size() - 702);
    damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << random() % 8));
    ExpectTheSameByBothMethods(damaged, "bit flipped at " + std::to_string(at));
    if (i % 5 == 0) {
      damaged.resize(at);
      ExpectTheSameByBothMethods(damaged, "cut at " + std::to_string(at));
    }
  }
}

// At an eighth, scans of AC coefficients are left out.
TEST(JpegProgressive, GivesTheSameSamplesAtEveryScale) {
  for (const auto& sampling : CommonSamplings()) {
    const TestJpeg kind{.size = {331, 173}, .sampling = sampling, .progressive = true};
    ExpectTheSameByBothMethods(MakeJpeg(kind, VariedPicture), "progressive");
  }
  const TestJpeg gray{
      .size = {331, 173}, .color_space = JCS_GRAYSCALE, .sampling = {{1, 1}}, .progressive = true};
  ExpectTheSameByBothMethods(MakeJpeg(gray, VariedPicture), "progressive gray");
}

TEST(JpegProgressive, IsCorruptWhereItIsCutAtEveryScale) {
  const Bytes whole = MakeJpeg({.size = {331, 173}, .progressive = true}, VariedPicture);
  for (std::size_t size = 700; size + 8 < whole.size(); size += 997) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    for (const DecodeScale scale : kScales) {
      EXPECT_EQ(DeliverJpeg(JpegMethod::kFastest, cut, scale).failure, ErrorCode::kCorruptImage)
          << size << " of " << whole.size() << TextOf(scale);
    }
  }
}

TEST(JpegOwnMethod, LeavesTheUncommonKindsToLibjpeg) {
  EXPECT_TRUE(DecodeByOwn(MakeJpeg({}, SmoothWave), {}).tried);
  EXPECT_FALSE(DecodeByOwn(MakeJpeg({.progressive = true}, SmoothWave), {}).tried);
  EXPECT_FALSE(DecodeByOwn(MakeJpeg({.arithmetic = true}, SmoothWave), {}).tried);
  EXPECT_FALSE(DecodeByOwn(MakeJpeg({.scan_per_component = true}, SmoothWave), {}).tried);
}

TEST(JpegOwnMethod, LeavesRestartMarkersAfterFewBlocksToLibjpeg) {
  for (const auto& [mcus, is_tried] : {std::pair{1, false}, {2, false}, {3, true}, {8, true}}) {
    const Bytes jpeg = MakeJpeg({.size = {331, 173}, .restart_mcus = mcus}, VariedPicture);
    EXPECT_EQ(DecodeByOwn(jpeg, {}).tried, is_tried) << mcus << " MCUs of six blocks";
    ExpectTheSameByBothMethods(jpeg, std::to_string(mcus));
  }
}

TEST(JpegTogether, GetsTheSameOfUncommonKinds) {
  for (const TestJpeg& kind : {TestJpeg{.progressive = true}, TestJpeg{.arithmetic = true},
                               TestJpeg{.restart_rows = 1}, TestJpeg{.scan_per_component = true}}) {
    const Bytes jpeg = MakeJpeg(kind, VariedPicture);
    for (const auto& scales : ScaleSets()) {
      EXPECT_TRUE(DecodesTogetherAsAlone(jpeg, scales, "an uncommon kind"));
    }
  }
}

TEST(JpegOwnMethod, DecodesAloneAfterItHasRefusedToDecodeTogether) {
  Bytes jpeg = MakeJpeg({.size = {640, 480}}, VariedPicture);
  jpeg.resize(jpeg.size() / 2);
  const auto decoder = OpenJpegDecoder(jpeg, {});
  ASSERT_TRUE(decoder);
  JpegDelivery coarse, fine, alone;
  JpegDeliverySink coarse_sink(coarse), fine_sink(fine), sink(alone);
  EXPECT_FALSE((*decoder)->DecodeTogether(
      std::vector<ScaledSink>{{{2, 2}, &coarse_sink}, {{8, 8}, &fine_sink}}));
  ASSERT_TRUE((*decoder)->Start({2, 2}));
  const Status decoded = (*decoder)->Decode(sink);
  ASSERT_FALSE(decoded);
  alone.failure = decoded.error().code;
  EXPECT_EQ(alone.failure, DeliverJpeg(JpegMethod::kLibjpeg, jpeg, {2, 2}).failure);
}

TEST(JpegOwnMethod, GoesOnForOthersWhenOneOutputHasEnough) {
  const Bytes jpeg = MakeJpeg({.size = {640, 480}}, VariedPicture);
  const JpegHeader header(jpeg);
  const std::optional<BaselineScan> scan = BaselineScanOf(header.libjpeg());
  ASSERT_TRUE(scan);
  RowCounter few(2), most(20), all;
  const std::array<ScanOutput, 3> outputs = {
      {{{1, 1, 1}, &few}, {{8, 8, 8}, &all}, {{2, 4, 4}, &most}}};
  EXPECT_EQ(DecodeBaselineScan(*scan, outputs), ScanEnd::kComplete);
  EXPECT_EQ(few.rows(), 2);
  EXPECT_EQ(most.rows(), 20);
  EXPECT_EQ(all.rows(), scan->frame.mcus_down);
}

TEST(JpegOwnMethod, StopsAtMissingData) {
  Bytes jpeg = MakeJpeg({.size = {640, 480}}, VariedPicture);
  jpeg.resize(jpeg.size() / 2);
  const OwnResult own = DecodeByOwn(jpeg, {});
  EXPECT_TRUE(own.tried);
  EXPECT_FALSE(own.complete);
  EXPECT_GT(own.rows, 5);
  EXPECT_LT(own.rows, 25);
}

}  // namespace
}  // namespace thimble
