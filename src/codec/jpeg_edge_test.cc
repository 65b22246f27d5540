// Samples at the edges of reduced pictures are made of visible samples alone, whatever a file holds
// beyond the picture.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

#include "codec/jpeg_delivery.h"
#include "codec/jpeg_test_support.h"

namespace thimble {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kBlockSide = 8;

double Weight(std::size_t side, std::size_t frequency, std::size_t sample) {
  const double angle = static_cast<double>(frequency * (2 * sample + 1)) * std::numbers::pi /
                       (2.0 * static_cast<double>(side));
  return frequency == 0 ? 1 : std::numbers::sqrt2 * std::cos(angle);
}

// [sample that comes out][sample that goes in] of a block's row, by its lowest frequencies.
std::vector<std::vector<double>> ReductionTo(std::size_t side) {
  std::vector<std::vector<double>> weights(side, std::vector<double>(kBlockSide));
  for (std::size_t out = 0; out < side; ++out) {
    for (std::size_t in = 0; in < kBlockSide; ++in) {
      for (std::size_t frequency = 0; frequency < side; ++frequency) {
        weights[out][in] += Weight(side, frequency, out) * Weight(kBlockSide, frequency, in) / 8;
      }
    }
  }
  return weights;
}

using Weights = std::vector<std::vector<double>>;

// What a plane of the full size comes to at a reduced one, its last row and column repeated.
double Reduced(const GatheredPlane& full, const Weights& weights, int x, int y) {
  const auto side = static_cast<int>(weights.size());
  const Size size = full.layout.size;
  double sum = 0;
  for (int v = 0; v < 8; ++v) {
    for (int u = 0; u < 8; ++u) {
      const int from_x = std::min(x / side * 8 + u, size.width - 1);
      const int from_y = std::min(y / side * 8 + v, size.height - 1);
      sum += weights[static_cast<std::size_t>(y % side)][static_cast<std::size_t>(v)] *
             weights[static_cast<std::size_t>(x % side)][static_cast<std::size_t>(u)] *
             full.at(from_x, from_y);
    }
  }
  return std::clamp(sum, 0.0, 255.0);
}

// The largest difference in the last blocks of rows and columns.
double WorstAtEdges(const GatheredPlane& full, const GatheredPlane& reduced) {
  const double pitch = reduced.layout.pitch_x / full.layout.pitch_x;
  const auto side = static_cast<int>(std::lround(8 / pitch));
  const Weights weights = ReductionTo(static_cast<std::size_t>(side));
  const Size size = reduced.layout.size;
  double worst = 0;
  for (int y = 0; y < size.height; ++y) {
    const bool is_last_row = y >= size.height - side;
    for (int x = is_last_row ? 0 : std::max(0, size.width - side); x < size.width; ++x) {
      worst = std::max(worst, std::abs(Reduced(full, weights, x, y) - reduced.at(x, y)));
    }
  }
  return worst;
}

// Black and white in turns beyond the picture, which is dull: without care that shows by far.
Bytes MakeWithHiddenNoise(TestJpeg kind) {
  kind.quality = 97;
  const Size size = kind.size;
  return MakeJpeg(kind, [size](int component, double x, double y) {
    const bool is_hidden = x > size.width || y > size.height;
    if (is_hidden) return component % 2 == 0 ? 255.0 : 0.0;
    return 100 + 0.25 * SmoothWave(component, 3 * x, 3 * y);
  });
}

void ExpectVisibleEdges(const TestJpeg& kind, const std::string& what) {
  const Bytes jpeg = MakeWithHiddenNoise(kind);
  const auto full = DecodeJpeg(jpeg);
  ASSERT_TRUE(full) << what;
  for (std::int32_t eighths = 1; eighths < 8; ++eighths) {
    for (const std::int32_t chroma : {eighths, std::int32_t{1}, std::int32_t{8}}) {
      const auto reduced = DecodeJpeg(jpeg, {.eighths = eighths, .chroma_eighths = chroma});
      ASSERT_TRUE(reduced) << what;
      double worst = 0;
      for (std::size_t i = 0; i < full->planes.size(); ++i) {
        worst = std::max(worst, WorstAtEdges(full->planes[i], reduced->planes[i]));
      }
      EXPECT_LE(worst, 2.5) << what << " at " << eighths << "/8 and " << chroma << "/8";
    }
  }
}

using Sampling = std::vector<SamplingFactors>;

TEST(JpegEdges, AreMadeOfVisibleSamplesInEverySampling) {
  for (const Sampling& sampling :
       {Sampling{{1, 1}, {1, 1}, {1, 1}}, Sampling{{2, 1}, {1, 1}, {1, 1}},
        Sampling{{2, 2}, {1, 1}, {1, 1}}, Sampling{{1, 2}, {1, 1}, {1, 1}},
        Sampling{{4, 1}, {1, 1}, {1, 1}}, Sampling{{2, 2}, {2, 1}, {1, 2}}}) {
    for (const bool progressive : {false, true}) {
      for (const Size size : {Size{50, 41}, Size{72, 51}, Size{67, 64}}) {
        ExpectVisibleEdges(
            {.size = size, .sampling = sampling, .progressive = progressive},
            std::to_string(sampling[0].horizontal) + "x" + std::to_string(sampling[0].vertical) +
                ", " + std::to_string(size.width) + " wide" + (progressive ? ", progressive" : ""));
      }
    }
  }
}

TEST(JpegEdges, AreMadeOfVisibleSamplesWhereverAPictureEnds) {
  for (int more = 1; more <= 8; ++more) {
    ExpectVisibleEdges({.size = {16 + more, 40}}, std::to_string(more) + " columns");
    ExpectVisibleEdges({.size = {40, 16 + more}}, std::to_string(more) + " rows");
  }
}

TEST(JpegEdges, AreMadeOfVisibleSamplesInEveryCoding) {
  constexpr Size kSize{59, 45};
  ExpectVisibleEdges({.size = kSize, .scan_per_component = true}, "a scan a component");
  ExpectVisibleEdges({.size = kSize, .arithmetic = true}, "arithmetic");
  ExpectVisibleEdges({.size = kSize, .restart_rows = 1}, "restart markers");
  ExpectVisibleEdges({.size = kSize, .color_space = JCS_GRAYSCALE, .sampling = {{1, 1}}}, "gray");
  ExpectVisibleEdges({.size = {1203, 797}}, "large");
}

}  // namespace
}  // namespace thimble
