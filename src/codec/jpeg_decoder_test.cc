#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "codec/codecs.h"
#include "codec/jpeg_test_support.h"

namespace thimble {
namespace {

using Sampling = std::vector<SamplingFactors>;

const Sampling k444 = {{1, 1}, {1, 1}, {1, 1}};
const Sampling k422 = {{2, 1}, {1, 1}, {1, 1}};
const Sampling k420 = {{2, 2}, {1, 1}, {1, 1}};
const Sampling k440 = {{1, 2}, {1, 1}, {1, 1}};
const Sampling k411 = {{4, 1}, {1, 1}, {1, 1}};
const Sampling k410 = {{4, 2}, {1, 1}, {1, 1}};
const Sampling k3To1 = {{3, 1}, {1, 1}, {1, 1}};
const Sampling kReducedLuma = {{1, 1}, {2, 2}, {2, 1}};
const Sampling kUnlikeChroma = {{2, 2}, {2, 1}, {1, 2}};
const Sampling kTwoToThree = {{3, 1}, {2, 1}, {2, 1}};

double PitchX(const Sampling& sampling, std::size_t component) {
  int most = 0;
  for (const SamplingFactors& factors : sampling) most = std::max(most, factors.horizontal);
  return double{1} * most / sampling[component].horizontal;
}

TEST(JpegDecoder, DescribesThePictureFromItsHeader) {
  struct Case {
    Sampling sampling;
    ChromaSubsampling chroma;
  };
  const std::array<Case, 5> cases = {
      {{k444, {1, 1}}, {k422, {2, 1}}, {k420, {2, 2}}, {k440, {1, 2}}, {k411, {4, 1}}}};
  for (const auto& [sampling, chroma] : cases) {
    const auto jpeg = MakeJpeg({.size = {161, 119}, .sampling = sampling}, SmoothWave);
    const auto decoder = OpenJpegDecoder(jpeg, {});
    ASSERT_TRUE(decoder);
    const SourceInfo& info = (*decoder)->info();
    EXPECT_EQ(info.format, ImageFormat::kJpeg);
    EXPECT_EQ(info.size, (Size{161, 119}));
    EXPECT_EQ(info.model, ColorModel::kYCbCr);
    EXPECT_EQ(info.chroma, chroma);
    EXPECT_EQ(info.orientation, Orientation::kUpright);
    EXPECT_FALSE(info.has_alpha);
    EXPECT_FALSE(info.multi_pass);
    EXPECT_TRUE(info.icc_profile.empty());
  }
}

TEST(JpegDecoder, LaysOutReducedPlanesWithoutPadding) {
  const auto jpeg = MakeJpeg({.size = {161, 119}, .sampling = k420}, SmoothWave);
  const auto picture = DecodeJpeg(jpeg);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->planes[0].layout.size, (Size{161, 119}));
  EXPECT_EQ(picture->planes[1].layout.size, (Size{81, 60}));
  EXPECT_EQ(picture->planes[2].layout.size, (Size{81, 60}));
  EXPECT_EQ(picture->planes[1].layout.pitch_x, 2);
  EXPECT_EQ(picture->planes[1].layout.pitch_y, 2);
}

TEST(JpegDecoder, ScalesChromaByItself) {
  const auto jpeg = MakeJpeg({.size = {160, 120}, .sampling = k420}, SmoothWave);
  const auto picture = DecodeJpeg(jpeg, {.eighths = 4, .chroma_eighths = 2});
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->planes[0].layout.size, (Size{80, 60}));
  EXPECT_EQ(picture->planes[0].layout.pitch_x, 2);
  for (const std::size_t chroma : {1U, 2U}) {
    EXPECT_EQ(picture->planes[chroma].layout.size, (Size{20, 15}));
    EXPECT_EQ(picture->planes[chroma].layout.pitch_x, 8);
  }
}

TEST(JpegDecoder, ScalesPlanesLessThatAreStoredSmallerThanOthersOfTheirKind) {
  const auto jpeg = MakeJpeg({.size = {160, 160}, .sampling = kUnlikeChroma}, SmoothWave);
  const auto picture = DecodeJpeg(jpeg, {.eighths = 4, .chroma_eighths = 2});
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->planes[1].layout.size, (Size{80, 40}));
  EXPECT_EQ(picture->planes[2].layout.size, (Size{40, 80}));
}

// ---- Geometry at every sampling and every decode scale ------------------------------------------

struct Arrangement {
  std::string name;
  Sampling sampling;
  bool progressive = false;

  friend void PrintTo(const Arrangement& arrangement, std::ostream* out) {
    *out << arrangement.name;
  }
};

class JpegGeometry : public testing::TestWithParam<Arrangement> {
 protected:
  std::vector<std::uint8_t> Make(Size size, const TestPicture& picture) const {
    return MakeJpeg({.size = size,
                     .sampling = GetParam().sampling,
                     .quality = 100,
                     .progressive = GetParam().progressive},
                    picture);
  }
};

// The centre of gravity of a plane's values, in full-size pixels.
struct Point {
  double x = 0;
  double y = 0;
};
Point CentreOf(const GatheredPlane& plane) {
  double sum = 0;
  Point weighted;
  for (int y = 0; y < plane.layout.size.height; ++y) {
    for (int x = 0; x < plane.layout.size.width; ++x) {
      const double value = plane.at(x, y) - 16.0;
      sum += value;
      weighted.x += value * (x + 0.5) * plane.layout.pitch_x;
      weighted.y += value * (y + 0.5) * plane.layout.pitch_y;
    }
  }
  return {weighted.x / sum, weighted.y / sum};
}

TEST_P(JpegGeometry, KeepsADiscWhereItIsAtEveryScale) {
  constexpr double kTolerance = 0.05;         // pixels
  constexpr double kSampleTolerance = 0.005;  // samples: where they are few, rounding them shows
  constexpr double kRadius = 30;              // soft, so that samples 32 pixels apart still see it
  constexpr std::array<Size, 4> kSizes = {{{401, 373}, {384, 384}, {387, 420}, {450, 361}}};
  for (const Size size : kSizes) {
    const Point centre{size.width * 0.5 + 0.4, size.height * 0.5 - 0.3};
    const auto jpeg = Make(size, [&](int /*component*/, double x, double y) {
      const double distance = std::hypot(x - centre.x, y - centre.y);
      return 16 + 220 * std::exp(-distance * distance / (2 * kRadius * kRadius));
    });
    for (std::int32_t eighths = 1; eighths <= 8; ++eighths) {
      const auto picture = DecodeJpeg(jpeg, {.eighths = eighths, .chroma_eighths = eighths});
      ASSERT_TRUE(picture);
      for (const GatheredPlane& plane : picture->planes) {
        const Point seen = CentreOf(plane);
        const double tolerance = std::max(
            kTolerance, kSampleTolerance * std::max(plane.layout.pitch_x, plane.layout.pitch_y));
        EXPECT_NEAR(seen.x, centre.x, tolerance) << eighths << "/8 of width " << size.width;
        EXPECT_NEAR(seen.y, centre.y, tolerance) << eighths << "/8 of height " << size.height;
      }
    }
  }
}

// The centre of a component's last full-size sample.
Point LastCentre(Size size, const Sampling& sampling, std::size_t component) {
  const auto centre = [](int length, double pitch) {
    return (std::ceil(length / pitch) - 0.5) * pitch;
  };
  int most_down = 0;
  for (const SamplingFactors& factors : sampling) most_down = std::max(most_down, factors.vertical);
  const double pitch_y = double{1} * most_down / sampling[component].vertical;
  return {centre(size.width, PitchX(sampling, component)), centre(size.height, pitch_y)};
}

// Of the positions that a sample covers, none counted beyond `last`.
double MeanUpTo(double last, int sample, double pitch) {
  constexpr int kSteps = 64;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    sum += std::min((sample + (i + 0.5) / kSteps) * pitch, last);
  }
  return sum / kSteps;
}

TEST_P(JpegGeometry, ReproducesASlopeAtEveryScaleUpToTheEdges) {
  constexpr Size kSize{203, 150};
  const auto slope = [](int component, double x, double y) {
    return 20 + 0.5 * x + 0.4 * y + 20 * component;
  };
  const auto jpeg = Make(kSize, slope);
  for (std::int32_t eighths = 1; eighths <= 8; ++eighths) {
    const auto picture = DecodeJpeg(jpeg, {.eighths = eighths, .chroma_eighths = eighths});
    ASSERT_TRUE(picture);
    for (std::size_t i = 0; i < picture->planes.size(); ++i) {
      const GatheredPlane& plane = picture->planes[i];
      const PlaneLayout& layout = plane.layout;
      const Point last = LastCentre(kSize, GetParam().sampling, i);
      double worst = 0;
      for (int y = 0; y < layout.size.height; ++y) {
        for (int x = 0; x < layout.size.width; ++x) {
          // At the edges the last visible samples count for those behind them too.
          const double expected = slope(static_cast<int>(i), MeanUpTo(last.x, x, layout.pitch_x),
                                        MeanUpTo(last.y, y, layout.pitch_y));
          worst = std::max(worst, std::abs(expected - plane.at(x, y)));
        }
      }
      // The reduced transforms leave out a slope's higher harmonics, the more the smaller they are.
      EXPECT_LE(worst, 4.0) << "plane " << i << " at " << eighths << "/8";
      EXPECT_NEAR(layout.pitch_x * layout.size.width, kSize.width, layout.pitch_x);
      EXPECT_NEAR(layout.pitch_y * layout.size.height, kSize.height, layout.pitch_y);
    }
  }
}

TEST_P(JpegGeometry, HasPitchesThatFollowFromTheSamplingFactorsAtFullScale) {
  const auto picture = DecodeJpeg(Make({97, 65}, SmoothWave));
  ASSERT_TRUE(picture);
  for (std::size_t i = 0; i < picture->planes.size(); ++i) {
    EXPECT_EQ(picture->planes[i].layout.pitch_x, PitchX(GetParam().sampling, i));
  }
}

INSTANTIATE_TEST_SUITE_P(AllSamplings, JpegGeometry,
                         testing::Values(Arrangement{"S444", k444}, Arrangement{"S422", k422},
                                         Arrangement{"S420", k420}, Arrangement{"S440", k440},
                                         Arrangement{"S411", k411}, Arrangement{"S410", k410},
                                         Arrangement{"S3To1", k3To1},
                                         Arrangement{"ReducedLuma", kReducedLuma},
                                         Arrangement{"UnlikeChroma", kUnlikeChroma},
                                         Arrangement{"TwoToThree", kTwoToThree},
                                         Arrangement{"S420Progressive", k420, true},
                                         Arrangement{"S422Progressive", k422, true}),
                         [](const auto& param) { return param.param.name; });

// ---- Against libjpeg's own scanlines ------------------------------------------------------------

// The picture's interleaved samples, without colour conversion.
std::vector<std::uint8_t> ReadScanlines(ByteSpan jpeg, std::int32_t eighths) {
  jpeg_error_mgr errors{};
  jpeg_decompress_struct libjpeg{};
  libjpeg.err = jpeg_std_error(&errors);
  jpeg_CreateDecompress(&libjpeg, JPEG_LIB_VERSION, sizeof(libjpeg));
  jpeg_mem_src(&libjpeg, jpeg.data(), jpeg.size());
  jpeg_read_header(&libjpeg, TRUE);
  libjpeg.out_color_space = libjpeg.jpeg_color_space;
  libjpeg.scale_num = static_cast<unsigned>(eighths);
  libjpeg.scale_denom = 8;
  jpeg_start_decompress(&libjpeg);
  const std::size_t stride =
      std::size_t{libjpeg.output_width} * static_cast<std::size_t>(libjpeg.output_components);
  std::vector<std::uint8_t> samples(stride * libjpeg.output_height);
  while (libjpeg.output_scanline < libjpeg.output_height) {
    JSAMPROW row = &samples[stride * libjpeg.output_scanline];
    jpeg_read_scanlines(&libjpeg, &row, 1);
  }
  jpeg_destroy_decompress(&libjpeg);
  return samples;
}

std::vector<std::uint8_t> Interleaved(const GatheredPicture& picture) {
  std::vector<std::uint8_t> samples;
  for (std::size_t i = 0; i < picture.planes[0].samples.size(); ++i) {
    for (const GatheredPlane& plane : picture.planes) samples.push_back(plane.samples[i]);
  }
  return samples;
}

TEST(JpegDecoder, DeliversWhatScanlinesHoldWhereNothingIsReduced) {
  for (const bool progressive : {false, true}) {
    for (const bool gray : {false, true}) {
      const auto jpeg = MakeJpeg({.size = {168, 120},  // whole blocks
                                  .color_space = gray ? JCS_GRAYSCALE : JCS_YCbCr,
                                  .sampling = gray ? Sampling{{1, 1}} : k444,
                                  .quality = 85,
                                  .progressive = progressive},
                                 SmoothWave);
      for (const std::int32_t eighths : {1, 8}) {  // between them others transform otherwise
        const auto picture = DecodeJpeg(jpeg, {.eighths = eighths, .chroma_eighths = eighths});
        ASSERT_TRUE(picture);
        EXPECT_EQ(picture->info.multi_pass, progressive);
        EXPECT_EQ(Interleaved(*picture), ReadScanlines(jpeg, eighths)) << eighths << "/8";
      }
    }
  }
}

// ---- Ways to code the same picture --------------------------------------------------------------

// The largest difference between a decoded plane and the formula it was made from.
double WorstDifference(const GatheredPicture& picture, const TestPicture& formula) {
  double worst = 0;
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    const GatheredPlane& plane = picture.planes[i];
    for (int y = 0; y < plane.layout.size.height; ++y) {
      for (int x = 0; x < plane.layout.size.width; ++x) {
        const double expected = formula(static_cast<int>(i), (x + 0.5) * plane.layout.pitch_x,
                                        (y + 0.5) * plane.layout.pitch_y);
        worst = std::max(worst, std::abs(expected - plane.at(x, y)));
      }
    }
  }
  return worst;
}

constexpr double kCodingTolerance = 6;

TEST(JpegDecoder, DecodesEveryCodingOfAPictureAlike) {
  const std::vector<TestJpeg> codings = {
      {},
      {.progressive = true},
      {.scan_per_component = true},
      {.restart_rows = 1},
      {.progressive = true, .restart_rows = 2},
      {.arithmetic = true},
      {.progressive = true, .arithmetic = true},
  };
  for (const TestJpeg& coding : codings) {
    const auto picture = DecodeJpeg(MakeJpeg(coding, SmoothWave));
    ASSERT_TRUE(picture) << picture.error().detail;
    EXPECT_EQ(picture->info.multi_pass, coding.progressive || coding.scan_per_component);
    EXPECT_LE(WorstDifference(*picture, SmoothWave), kCodingTolerance);
  }
}

TEST(JpegDecoder, DecodesPicturesSmallerThanABlock) {
  for (const Size size : {Size{1, 1}, Size{7, 1}, Size{1, 17}, Size{9, 9}}) {
    const auto jpeg = MakeJpeg({.size = size}, SmoothWave);
    for (std::int32_t eighths = 1; eighths <= 8; ++eighths) {
      const auto picture = DecodeJpeg(jpeg, {.eighths = eighths, .chroma_eighths = eighths});
      ASSERT_TRUE(picture) << picture.error().detail;
      EXPECT_EQ(picture->info.size, size);
    }
  }
}

TEST(JpegDecoder, DecodesGrayWithAnySamplingFactorsAtFullSize) {
  const auto picture = DecodeJpeg(
      MakeJpeg({.size = {50, 43}, .color_space = JCS_GRAYSCALE, .sampling = {{2, 2}}}, SmoothWave));
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->info.model, ColorModel::kGray);
  EXPECT_EQ(picture->planes[0].layout.pitch_x, 1);
  EXPECT_LE(WorstDifference(*picture, SmoothWave), kCodingTolerance);
}

TEST(JpegDecoder, DeliversRgbAsStored) {
  const auto picture = DecodeJpeg(
      MakeJpeg({.color_space = JCS_RGB, .sampling = k444, .adobe_marker = true}, SmoothWave));
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->info.model, ColorModel::kRgb);
  EXPECT_EQ(picture->info.chroma, (ChromaSubsampling{1, 1}));
  EXPECT_LE(WorstDifference(*picture, SmoothWave), kCodingTolerance);
}

double InvertedWave(int component, double x, double y) { return 255 - SmoothWave(component, x, y); }

TEST(JpegDecoder, TurnsInvertedInksIntoFullInkAt255) {
  const auto picture = DecodeJpeg(MakeJpeg(
      {.color_space = JCS_CMYK, .sampling = {{1, 1}, {1, 1}, {1, 1}, {1, 1}}, .adobe_marker = true},
      SmoothWave));
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->info.model, ColorModel::kCmyk);
  EXPECT_LE(WorstDifference(*picture, InvertedWave), kCodingTolerance);
}

// Removes the Adobe segment that libjpeg writes behind the start of the image.
std::vector<std::uint8_t> WithoutAdobeSegment(std::vector<std::uint8_t> jpeg) {
  constexpr std::ptrdiff_t kStart = 2;
  constexpr std::ptrdiff_t kSegmentBytes = 16;
  EXPECT_EQ(jpeg[kStart + 1], 0xEE);
  jpeg.erase(jpeg.begin() + kStart, jpeg.begin() + kStart + kSegmentBytes);
  return jpeg;
}

TEST(JpegDecoder, TakesInksAsInvertedAlsoWithoutAdobesMarker) {
  const auto picture = DecodeJpeg(WithoutAdobeSegment(MakeJpeg(
      {.color_space = JCS_CMYK, .sampling = {{1, 1}, {1, 1}, {1, 1}, {1, 1}}}, SmoothWave)));
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->info.model, ColorModel::kCmyk);
  EXPECT_LE(WorstDifference(*picture, InvertedWave), kCodingTolerance);
}

TEST(JpegDecoder, InvertsOnlyTheBlackOfYcck) {
  const auto picture = DecodeJpeg(MakeJpeg(
      {.color_space = JCS_YCCK, .sampling = {{2, 2}, {1, 1}, {1, 1}, {2, 2}}}, SmoothWave));
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->info.model, ColorModel::kYcck);
  EXPECT_EQ(picture->info.chroma, (ChromaSubsampling{2, 2}));
  const auto expected = [](int component, double x, double y) {
    return component == 3 ? InvertedWave(component, x, y) : SmoothWave(component, x, y);
  };
  EXPECT_LE(WorstDifference(*picture, expected), kCodingTolerance);
}

// ---- The sink -----------------------------------------------------------------------------------

TEST(JpegDecoder, StopsWithoutAnErrorWhenTheSinkWantsNoMore) {
  class OneBand final : public BandSink {
   public:
    bool AcceptBand(std::span<const PlaneView> /*band*/) override { return ++bands > 1; }
    int bands = 0;
  };
  auto jpeg = MakeJpeg({.size = {64, 400}}, SmoothWave);
  jpeg.resize(jpeg.size() / 2);  // what follows is never looked at
  const auto decoder = OpenJpegDecoder(jpeg, {});
  ASSERT_TRUE(decoder);
  ASSERT_TRUE((*decoder)->Start({}));
  OneBand sink;
  EXPECT_TRUE((*decoder)->Decode(sink));
  EXPECT_EQ(sink.bands, 1);
}

}  // namespace
}  // namespace thimble
