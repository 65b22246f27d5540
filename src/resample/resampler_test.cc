// What comes out, on every SIMD target this CPU has, against the reference.
#include "resample/resampler.h"

#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "resample/resample_test_support.h"
#include "resample/resampler_reference.h"

namespace thimble {
namespace {

struct Maps {
  AxisMap horizontal;
  AxisMap vertical;
};

Maps Whole(Size in, Size out) {
  return {WholeAxis(in.width, out.width), WholeAxis(in.height, out.height)};
}

std::vector<Maps> ManyMaps() {
  std::vector<Maps> maps;
  const std::vector<Size> sizes = {{1, 1},   {1, 40},  {40, 1},   {2, 3},   {7, 5},
                                   {16, 16}, {31, 33}, {64, 17},  {65, 63}, {100, 41},
                                   {3, 129}, {127, 2}, {129, 130}};
  for (const Size in : sizes) {
    for (const Size out : sizes) maps.push_back(Whole(in, out));
  }
  for (const double scale : {0.31, 0.99, 1.0, 1.01, 1.5, 2.129, 4.0, 7.77}) {
    for (const double offset : {-0.5, 0.0, 0.25, 17.0, 60.5}) {
      const AxisMap axis{.in_size = 151, .out_size = 11, .scale = scale, .offset = offset};
      const AxisMap other{.in_size = 93, .out_size = 35, .scale = scale, .offset = offset / 2};
      maps.push_back({axis, other});
      maps.push_back({other, axis});
    }
  }
  const std::size_t plain = maps.size();
  for (std::size_t i = 0; i < plain; i += 3) {
    Maps sharpened = maps[i];
    sharpened.horizontal.sharpening = 1.0 / 24;
    sharpened.vertical.sharpening = 1.0 / 60;
    maps.push_back(sharpened);
  }
  return maps;
}

struct Difference {
  int largest = 0;
  double mean = 0;  // signed: a bias
};

Difference DifferenceOf(PlaneView a, PlaneView b) {
  Difference difference;
  for (int y = 0; y < a.height; ++y) {
    for (std::size_t x = 0; x < static_cast<std::size_t>(a.width); ++x) {
      const int delta = a.row(y)[x] - b.row(y)[x];
      difference.largest = std::max(difference.largest, std::abs(delta));
      difference.mean += delta;
    }
  }
  difference.mean /= static_cast<double>(a.width) * a.height;
  return difference;
}

Difference FromReference(PlaneView in, const Maps& maps) {
  return DifferenceOf(Resample(in, maps.horizontal, maps.vertical).view(),
                      ResampleReference(in, maps.horizontal, maps.vertical).view());
}

std::string NameOf(const Maps& maps) {
  const auto name = [](const AxisMap& map) {
    return std::to_string(map.in_size) + " -> " + std::to_string(map.out_size) + " by " +
           std::to_string(map.scale) + " from " + std::to_string(map.offset);
  };
  return name(maps.horizontal) + ", " + name(maps.vertical);
}

class PlaneResamplerTest : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(PlaneResamplerTest);

TEST_P(PlaneResamplerTest, IsWithinOneOfTheReferenceOnNoise) {
  std::uint32_t seed = 1;
  for (const Maps& maps : ManyMaps()) {
    const Plane in = NoisePlane({maps.horizontal.in_size, maps.vertical.in_size}, seed++);
    EXPECT_LE(FromReference(in.view(), maps).largest, 1) << NameOf(maps);
  }
}

TEST_P(PlaneResamplerTest, IsWithinOneOfTheReferenceOnCharts) {
  for (const Maps& maps : ManyMaps()) {
    const Plane in = ChartPlane({maps.horizontal.in_size, maps.vertical.in_size});
    EXPECT_LE(FromReference(in.view(), maps).largest, 1) << NameOf(maps);
  }
}

TEST_P(PlaneResamplerTest, HasNoBias) {
  const Size in{311, 257};
  for (const Size out : {Size{311, 256}, Size{146, 120}, Size{97, 80}, Size{400, 300}}) {
    EXPECT_NEAR(FromReference(NoisePlane(in, 7).view(), Whole(in, out)).mean, 0, 0.005);
    EXPECT_NEAR(FromReference(ChartPlane(in).view(), Whole(in, out)).mean, 0, 0.005);
  }
}

TEST_P(PlaneResamplerTest, StaysExactWithHundredsOfTaps) {
  for (const int scale : {20, 50, 100, 200}) {
    const Size in{scale * 7 + 3, scale * 5 + 1};
    EXPECT_LE(FromReference(NoisePlane(in, 3).view(), Whole(in, {7, 5})).largest, 1) << scale;
    EXPECT_LE(FromReference(ChartPlane(in).view(), Whole(in, {7, 5})).largest, 1) << scale;
  }
}

TEST_P(PlaneResamplerTest, IdentityKeepsEverySample) {
  for (const Size size : {Size{1, 1}, Size{64, 48}, Size{131, 67}}) {
    const Plane in = NoisePlane(size, 5);
    const Maps maps = Whole(size, size);
    EXPECT_EQ(
        DifferenceOf(Resample(in.view(), maps.horizontal, maps.vertical).view(), in.view()).largest,
        0);
  }
}

TEST_P(PlaneResamplerTest, AWholeSampleCropOfAnUnscaledPlaneKeepsEverySample) {
  const Plane in = NoisePlane({150, 140}, 6);
  const Plane out = Resample(in.view(), {.in_size = 150, .out_size = 70, .offset = 37},
                             {.in_size = 140, .out_size = 50, .offset = 61});
  const PlaneView crop{in.row(61).data() + 37, 70, 50, in.stride()};
  EXPECT_EQ(DifferenceOf(out.view(), crop).largest, 0);
}

TEST_P(PlaneResamplerTest, ConstantPlanesStayConstant) {
  for (const Maps& maps : ManyMaps()) {
    for (const int value : {0, 1, 127, 254, 255}) {
      const Plane in = ConstantPlane({maps.horizontal.in_size, maps.vertical.in_size}, value);
      const Plane out = Resample(in.view(), maps.horizontal, maps.vertical);
      const Plane expected = ConstantPlane(out.size(), value);
      ASSERT_EQ(DifferenceOf(out.view(), expected.view()).largest, 0) << NameOf(maps);
    }
  }
}

TEST_P(PlaneResamplerTest, ACentredDiscStaysCentred) {
  const Plane disc = DiscPlane({301, 299}, 110);
  for (int side = 21; side <= 401; side += 20) {
    const Plane out = Resample(disc.view(), WholeAxis(301, side), WholeAxis(299, side + 2));
    double sum = 0;
    double sum_x = 0;
    double sum_y = 0;
    for (int y = 0; y < out.height(); ++y) {
      for (int x = 0; x < out.width(); ++x) {
        const double value = out.row(y)[static_cast<std::size_t>(x)];
        sum += value;
        sum_x += value * (x + 0.5);
        sum_y += value * (y + 0.5);
      }
    }
    EXPECT_NEAR(sum_x / sum, out.width() / 2.0, 0.01) << side;
    EXPECT_NEAR(sum_y / sum, out.height() / 2.0, 0.01) << side;
  }
}

// A crop of a picture whose chroma has half of its samples a side: both planes show the same ramp,
// so both results must have the same value at the same place.
TEST_P(PlaneResamplerTest, ReducedChromaStaysAlignedWithLuma) {
  const auto ramp = [](int width, double pitch) {
    Plane plane = *Plane::Create({width, 8});
    for (int y = 0; y < 8; ++y) {
      for (int x = 0; x < width; ++x) {
        plane.mutable_row(y)[static_cast<std::size_t>(x)] =
            static_cast<std::uint8_t>(std::lround((x + 0.5) * pitch / 2));
      }
    }
    return plane;
  };
  const double crop_start = 101;          // pixels of the picture
  const double pixels_per_output = 2.45;  // luma result; its chroma has half as many samples
  const Plane luma = ramp(480, 1);
  const Plane chroma = ramp(240, 2);
  const Plane small_luma =
      Resample(luma.view(),
               {.in_size = 480, .out_size = 100, .scale = pixels_per_output, .offset = crop_start},
               WholeAxis(8, 8));
  const Plane small_chroma = Resample(chroma.view(),
                                      {.in_size = 240,
                                       .out_size = 50,
                                       .scale = 2 * pixels_per_output / 2,
                                       .offset = crop_start / 2},
                                      WholeAxis(8, 8));
  for (std::size_t x = 0; x < 50; ++x) {
    const double luma_mean = (small_luma.row(4)[2 * x] + small_luma.row(4)[2 * x + 1]) / 2.0;
    EXPECT_NEAR(small_chroma.row(4)[x], luma_mean, 1.0) << x;
    const double place = crop_start + (static_cast<double>(x) + 0.5) * 2 * pixels_per_output;
    EXPECT_NEAR(small_chroma.row(4)[x], place / 2, 1.0) << x;
  }
}

}  // namespace
}  // namespace thimble
