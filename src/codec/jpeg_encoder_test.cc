#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "codec/encoder.h"
#include "codec/jpeg_markers.h"
#include "codec/jpeg_test_support.h"

namespace thimble {
namespace {

PlanarImage MakePicture(Size size, ColorModel model, ChromaSubsampling chroma,
                        const TestPicture& formula) {
  PlanarImage picture;
  picture.size = size;
  picture.model = model;
  picture.chroma = chroma;
  for (std::size_t i = 0; i < ColorPlaneCount(model); ++i) {
    const ChromaSubsampling pitch = i == 0 ? ChromaSubsampling{} : chroma;
    auto plane = Plane::Create({(size.width + pitch.horizontal - 1) / pitch.horizontal,
                                (size.height + pitch.vertical - 1) / pitch.vertical});
    EXPECT_TRUE(plane);
    for (int y = 0; y < plane->height(); ++y) {
      for (int x = 0; x < plane->width(); ++x) {
        const double value =
            formula(static_cast<int>(i), (x + 0.5) * pitch.horizontal, (y + 0.5) * pitch.vertical);
        plane->mutable_row(y)[static_cast<std::size_t>(x)] =
            static_cast<std::uint8_t>(std::lround(value));
      }
    }
    picture.planes.push_back(std::move(*plane));
  }
  return picture;
}

std::vector<std::uint8_t> Encode(const PlanarImage& picture, JpegQuality quality) {
  std::vector<std::uint8_t> out(1 << 20);
  const auto size = EncodeJpeg(picture, quality, out);
  EXPECT_TRUE(size);
  out.resize(size.value_or(0));
  return out;
}

double PsnrOf(const Plane& a, const GatheredPlane& b) {
  double sum = 0;
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      const double difference = double{1} * a.row(y)[static_cast<std::size_t>(x)] - b.at(x, y);
      sum += difference * difference;
    }
  }
  const double mean = sum / static_cast<double>(a.size().area());
  return mean == 0 ? 99 : 10 * std::log10(255.0 * 255.0 / mean);
}

class JpegRoundTrip : public testing::TestWithParam<ChromaSubsampling> {};

TEST_P(JpegRoundTrip, KeepsThePlanesAtEverySize) {
  for (const Size size : {Size{1, 1}, Size{8, 8}, Size{17, 31}, Size{160, 120}, Size{201, 99}}) {
    const PlanarImage picture = MakePicture(size, ColorModel::kYCbCr, GetParam(), SmoothWave);
    const auto decoded = DecodeJpeg(Encode(picture, {.value = 95}));
    ASSERT_TRUE(decoded) << decoded.error().detail;
    EXPECT_EQ(decoded->info.size, size);
    EXPECT_EQ(decoded->info.model, ColorModel::kYCbCr);
    EXPECT_EQ(decoded->info.chroma, GetParam());
    EXPECT_FALSE(decoded->info.multi_pass);
    for (std::size_t i = 0; i < picture.planes.size(); ++i) {
      ASSERT_EQ(decoded->planes[i].layout.size, picture.planes[i].size());
      EXPECT_GT(PsnrOf(picture.planes[i], decoded->planes[i]), 42) << size.width << " plane " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllSamplings, JpegRoundTrip,
                         testing::Values(ChromaSubsampling{1, 1}, ChromaSubsampling{2, 1},
                                         ChromaSubsampling{1, 2}, ChromaSubsampling{2, 2}));

TEST(JpegEncoder, WritesGrayAsOneComponent) {
  const PlanarImage picture = MakePicture({77, 55}, ColorModel::kGray, {}, SmoothWave);
  const auto decoded = DecodeJpeg(Encode(picture, {.value = 95}));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->info.model, ColorModel::kGray);
  EXPECT_GT(PsnrOf(picture.planes[0], decoded->planes[0]), 42);
}

TEST(JpegEncoder, WritesAJfifHeaderAndNoOtherApplicationSegment) {
  const auto jpeg =
      Encode(MakePicture({16, 16}, ColorModel::kYCbCr, {}, SmoothWave), {.value = 80});
  JpegSegmentReader segments(jpeg);
  const auto first = segments.Next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->marker, 0xE0);
  EXPECT_TRUE(TextOf(first->payload).starts_with("JFIF"));
  while (const auto segment = segments.Next()) EXPECT_LT(segment->marker, 0xE0);
}

TEST(JpegEncoder, SpendsMoreBytesOnHigherQuality) {
  const PlanarImage picture = MakePicture({160, 120}, ColorModel::kYCbCr, {2, 2}, SmoothWave);
  std::size_t last = 0;
  for (const std::int32_t quality : {10, 50, 80, 100}) {
    const std::size_t size = Encode(picture, {.value = quality}).size();
    EXPECT_GT(size, last);
    last = size;
  }
}

TEST(JpegEncoder, SpendsNothingOnThePaddingOfAFlatPicture) {
  const auto flat = [](int, double, double) { return 200.0; };
  const auto odd = Encode(MakePicture({33, 33}, ColorModel::kYCbCr, {2, 2}, flat), {.value = 90});
  const auto whole = Encode(MakePicture({48, 48}, ColorModel::kYCbCr, {2, 2}, flat), {.value = 90});
  EXPECT_EQ(odd.size(), whole.size());
}

TEST(JpegEncoder, WritesTheSameBytesForTheSamePicture) {
  const PlanarImage picture = MakePicture({61, 43}, ColorModel::kYCbCr, {2, 2}, SmoothWave);
  EXPECT_EQ(Encode(picture, {.value = 85}), Encode(picture, {.value = 85}));
}

TEST(JpegEncoder, FillsABufferExactlyAndFailsInAnySmallerOne) {
  const PlanarImage picture = MakePicture({61, 43}, ColorModel::kYCbCr, {2, 2}, SmoothWave);
  const std::vector<std::uint8_t> whole = Encode(picture, {.value = 85});
  std::vector<std::uint8_t> exact(whole.size());
  ASSERT_EQ(EncodeJpeg(picture, {.value = 85}, exact), whole.size());
  EXPECT_EQ(exact, whole);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::vector<std::uint8_t> small(size);
    const auto result = EncodeJpeg(picture, {.value = 85}, small);
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error().code, ErrorCode::kResultTooLarge);
  }
}

}  // namespace
}  // namespace thimble
