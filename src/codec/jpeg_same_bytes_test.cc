// The project's own JPEG writer against libjpeg-turbo: byte for byte the same files, on every SIMD
// target, where it rounds as that does.
#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "codec/encoder.h"
#include "codec/jpeg_encoder_test_support.h"
#include "jpeg/baseline_writer.h"

namespace thimble {
namespace {

// From flat areas to noise at full contrast.
Plane VariedPlane(Size size, std::uint32_t seed) {
  Plane plane = *Plane::Create(size);
  std::uint32_t state = seed;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      state = state * 1664525U + 1013904223U;
      const int contrast = (x / 40 + y / 40) % 5;  // 0: none
      const double wave = 128 + 90 * std::sin(x * 0.05 + seed) * std::cos(y * 0.03);
      const int noise = static_cast<int>(state >> 24) - 128;
      const double value = contrast == 4 ? noise * 4 : wave + noise * contrast / 6.0;
      plane.mutable_row(y)[static_cast<std::size_t>(x)] =
          static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
    }
  }
  return plane;
}

PlanarImage VariedPicture(Size size, ColorModel model, ChromaSubsampling chroma) {
  PlanarImage picture;
  picture.size = size;
  picture.model = model;
  picture.chroma = chroma;
  const Size reduced = {(size.width + chroma.horizontal - 1) / chroma.horizontal,
                        (size.height + chroma.vertical - 1) / chroma.vertical};
  for (std::uint32_t i = 0; i < ColorPlaneCount(model); ++i) {
    picture.planes.push_back(VariedPlane(i == 0 ? size : reduced, 7 + i));
  }
  return picture;
}

void ExpectTheBytesOfLibjpeg(const PlanarImage& picture, int quality) {
  std::vector<std::uint8_t> own(1 << 22);
  const BaselinePicture planes = {.size = picture.size,
                                  .planes = picture.planes,
                                  .chroma_factor_x = picture.chroma.horizontal,
                                  .chroma_factor_y = picture.chroma.vertical,
                                  .rounding = Rounding::kNearest};
  const Expected<std::size_t> size = WriteBaselineJpeg(planes, {quality}, own);
  ASSERT_TRUE(size);
  own.resize(*size);
  EXPECT_TRUE(own == EncodeByLibjpeg(picture, {quality}))
      << picture.size.width << "x" << picture.size.height << ", chroma by "
      << picture.chroma.horizontal << "x" << picture.chroma.vertical << ", quality " << quality;
}

class JpegSameBytes : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(JpegSameBytes);

TEST_P(JpegSameBytes, AtEveryQuality) {
  for (const int quality : {1, 10, 25, 49, 50, 51, 75, 80, 90, 95, 98, 100}) {
    ExpectTheBytesOfLibjpeg(VariedPicture({331, 257}, ColorModel::kYCbCr, {2, 2}), quality);
  }
}

TEST_P(JpegSameBytes, InEverySampling) {
  for (const ChromaSubsampling chroma : {ChromaSubsampling{1, 1}, ChromaSubsampling{2, 1},
                                         ChromaSubsampling{1, 2}, ChromaSubsampling{2, 2}}) {
    ExpectTheBytesOfLibjpeg(VariedPicture({200, 150}, ColorModel::kYCbCr, chroma), 80);
  }
  ExpectTheBytesOfLibjpeg(VariedPicture({200, 150}, ColorModel::kGray, {}), 80);
}

TEST_P(JpegSameBytes, AtEverySize) {
  for (const int side : {1, 2, 7, 8, 9, 15, 16, 17, 24, 25, 31, 32, 33, 65}) {
    for (const Size size : {Size{side, 40}, Size{40, side}, Size{side, side}}) {
      ExpectTheBytesOfLibjpeg(VariedPicture(size, ColorModel::kYCbCr, {2, 2}), 80);
      ExpectTheBytesOfLibjpeg(VariedPicture(size, ColorModel::kGray, {}), 80);
    }
  }
}

TEST_P(JpegSameBytes, AndFewerWithThriftyRounding) {
  const PlanarImage picture = VariedPicture({331, 257}, ColorModel::kYCbCr, {2, 2});
  std::vector<std::uint8_t> own(1 << 22);
  const Expected<std::size_t> size = EncodeJpeg(picture, {80}, own);
  ASSERT_TRUE(size);
  const auto nearest = static_cast<double>(EncodeByLibjpeg(picture, {80}).size());
  EXPECT_LT(static_cast<double>(*size), 0.995 * nearest);
  EXPECT_GT(static_cast<double>(*size), 0.95 * nearest);
}

TEST_P(JpegSameBytes, OfAFlatPicture) {
  PlanarImage picture;
  picture.size = {100, 60};
  picture.model = ColorModel::kGray;
  picture.planes.push_back(*Plane::Create(picture.size));
  ExpectTheBytesOfLibjpeg(picture, 80);
}

}  // namespace
}  // namespace thimble
