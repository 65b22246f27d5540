// What comes out, on every SIMD target this CPU has.
#include "resample/alpha_resampler.h"

#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "resample/resample_test_support.h"
#include "resample/resampler_reference.h"

namespace thimble {
namespace {

constexpr std::array<std::uint8_t, 3> kNeutral = {7, 128, 250};

struct Maps {
  AxisMap horizontal;
  AxisMap vertical;
};

std::vector<Maps> ManyMaps() {
  std::vector<Maps> maps;
  const std::vector<Size> sizes = {{1, 1},   {1, 40},  {40, 1},  {2, 3},   {7, 5},
                                   {31, 33}, {64, 17}, {65, 63}, {127, 2}, {129, 130}};
  for (const Size in : sizes) {
    for (const Size out : sizes) {
      maps.push_back({WholeAxis(in.width, out.width), WholeAxis(in.height, out.height)});
    }
  }
  for (const double scale : {0.31, 0.99, 1.0, 1.5, 2.129, 7.77}) {
    for (const double offset : {-0.5, 0.25, 17.0, 60.5}) {
      const AxisMap axis{.in_size = 151, .out_size = 11, .scale = scale, .offset = offset};
      const AxisMap other{.in_size = 93, .out_size = 35, .scale = scale, .offset = offset / 2};
      maps.push_back({axis, other});
    }
  }
  return maps;
}

std::string NameOf(const Maps& maps) {
  const auto name = [](const AxisMap& map) {
    return std::to_string(map.in_size) + " -> " + std::to_string(map.out_size) + " by " +
           std::to_string(map.scale) + " from " + std::to_string(map.offset);
  };
  return name(maps.horizontal) + ", " + name(maps.vertical);
}

Size InputOf(const Maps& maps) { return {maps.horizontal.in_size, maps.vertical.in_size}; }
Size OutputOf(const Maps& maps) { return {maps.horizontal.out_size, maps.vertical.out_size}; }

std::vector<Plane> AlphaShapes(Size size) {
  std::vector<Plane> shapes;
  shapes.push_back(NoisePlane(size, 11));
  shapes.push_back(ChartPlane(size));
  shapes.push_back(DiscPlane(size, 0.4 * std::min(size.width, size.height)));
  shapes.push_back(ConstantPlane(size, 1));
  shapes.push_back(ConstantPlane(size, 255));
  return shapes;
}

PlaneView Band(PlaneView plane, int first, int rows) {
  return {plane.data + first * plane.stride, plane.width, std::min(rows, plane.height - first),
          plane.stride};
}

// Colour planes, then alpha.
std::vector<Plane> ResampleUnder(const std::vector<Plane>& colors, const Plane& alpha,
                                 const Maps& maps, int band_rows = 16) {
  AlphaResampler resampler = *AlphaResampler::Create(maps.horizontal, maps.vertical,
                                                     std::span(kNeutral).first(colors.size()));
  std::vector<Plane> out;
  std::vector<MutablePlaneView> views;
  for (std::size_t i = 0; i <= colors.size(); ++i) {
    out.push_back(*Plane::Create(OutputOf(maps)));
    views.push_back(out.back().mutable_view());
  }
  for (int y = 0; y < alpha.height(); y += band_rows) {
    std::vector<PlaneView> band;
    band.reserve(colors.size());
    for (const Plane& plane : colors) band.push_back(Band(plane.view(), y, band_rows));
    resampler.Push(band, Band(alpha.view(), y, band_rows), views);
  }
  EXPECT_TRUE(resampler.done());
  return out;
}

bool SameSamples(const Plane& a, const Plane& b) {
  for (int y = 0; y < a.height(); ++y) {
    if (!std::ranges::equal(a.row(y), b.row(y))) return false;
  }
  return a.size() == b.size();
}

// The largest difference where `alpha` is at least `least`.
int DifferenceWhereSeen(const Plane& a, const Plane& b, const Plane& alpha, int least) {
  int largest = 0;
  for (int y = 0; y < a.height(); ++y) {
    for (std::size_t x = 0; x < a.row(y).size(); ++x) {
      if (alpha.row(y)[x] < least) continue;
      largest = std::max(largest, std::abs(a.row(y)[x] - b.row(y)[x]));
    }
  }
  return largest;
}

std::vector<Plane> NoiseColors(Size size) {
  std::vector<Plane> colors;
  for (std::uint32_t seed = 1; seed <= 3; ++seed) colors.push_back(NoisePlane(size, seed));
  return colors;
}

class AlphaResamplerTest : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(AlphaResamplerTest);

TEST_P(AlphaResamplerTest, AFlatColorUnderAnyAlphaStaysThatColor) {
  for (const Maps& maps : ManyMaps()) {
    std::vector<Plane> colors;
    for (const int value : {128, 255, 3}) colors.push_back(ConstantPlane(InputOf(maps), value));
    for (const Plane& alpha : AlphaShapes(InputOf(maps))) {
      const std::vector<Plane> out = ResampleUnder(colors, alpha, maps);
      for (std::size_t i = 0; i < colors.size(); ++i) {
        const Plane expected = ConstantPlane(OutputOf(maps), colors[i].row(0)[0]);
        ASSERT_EQ(DifferenceWhereSeen(out[i], expected, out[3], 1), 0) << NameOf(maps);
      }
    }
  }
}

// Nearly flat: without a bound its differences grow where weights cancel each other.
TEST_P(AlphaResamplerTest, WhatIsNotOpaqueStaysAmongTheVisibleColors) {
  for (const Maps& maps : ManyMaps()) {
    Plane color = NoisePlane(InputOf(maps), 3);
    for (int y = 0; y < color.height(); ++y) {
      for (std::uint8_t& sample : color.mutable_row(y)) sample = 100 + sample % 5;
    }
    std::vector<Plane> colors;
    colors.push_back(std::move(color));
    for (const Plane& alpha : AlphaShapes(InputOf(maps))) {
      const std::vector<Plane> out = ResampleUnder(colors, alpha, maps);
      const Plane middle = ConstantPlane(OutputOf(maps), 102);
      // The kernel alone overshoots by this little where all is opaque.
      ASSERT_LE(DifferenceWhereSeen(out[0], middle, out[1], 1), 4) << NameOf(maps);
    }
  }
}

TEST_P(AlphaResamplerTest, WhatIsFullyTransparentIsNeutral) {
  const Maps maps = {WholeAxis(60, 23), WholeAxis(50, 31)};
  const std::vector<Plane> out =
      ResampleUnder(NoiseColors({60, 50}), ConstantPlane({60, 50}, 0), maps);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(SameSamples(out[i], ConstantPlane({23, 31}, kNeutral[i])));
  }
}

TEST_P(AlphaResamplerTest, IsWithinOneOfTheReferenceWhereItIsSeen) {
  for (const Maps& maps : ManyMaps()) {
    const std::vector<Plane> colors = NoiseColors(InputOf(maps));
    for (const Plane& alpha : AlphaShapes(InputOf(maps))) {
      const std::vector<Plane> out = ResampleUnder(colors, alpha, maps);
      const Plane reference = ResampleReference(alpha.view(), maps.horizontal, maps.vertical);
      ASSERT_LE(DifferenceWhereSeen(out[3], reference, reference, 0), 1) << NameOf(maps);
      for (std::size_t i = 0; i < colors.size(); ++i) {
        const Plane expected = ResampleReferenceUnderAlpha(
            colors[i].view(), alpha.view(), kNeutral[i], maps.horizontal, maps.vertical);
        ASSERT_LE(DifferenceWhereSeen(out[i], expected, reference, 32), 1) << NameOf(maps);
      }
    }
  }
}

TEST_P(AlphaResamplerTest, ResamplesAlphaAlone) {
  const Maps maps = {WholeAxis(60, 23), WholeAxis(50, 71)};
  const Plane alpha = NoisePlane({60, 50}, 9);
  const std::vector<Plane> out = ResampleUnder({}, alpha, maps);
  const Plane expected = ResampleReference(alpha.view(), maps.horizontal, maps.vertical);
  EXPECT_LE(DifferenceWhereSeen(out[0], expected, expected, 0), 1);
}

TEST_P(AlphaResamplerTest, TheBandsMakeNoDifference) {
  for (const int height : {1, 15, 33, 97, 200}) {
    const Maps maps = {WholeAxis(83, 40), WholeAxis(97, height)};
    const std::vector<Plane> colors = NoiseColors({83, 97});
    const Plane alpha = NoisePlane({83, 97}, 8);
    const std::vector<Plane> whole = ResampleUnder(colors, alpha, maps, 97);
    for (const int band_rows : {1, 2, 3, 16, 17}) {
      const std::vector<Plane> banded = ResampleUnder(colors, alpha, maps, band_rows);
      for (std::size_t i = 0; i < whole.size(); ++i) {
        EXPECT_TRUE(SameSamples(banded[i], whole[i])) << height << " from " << band_rows;
      }
    }
  }
}

TEST_P(AlphaResamplerTest, EveryTargetGivesTheSameSamples) {
  static std::vector<Plane> of_first_target;
  std::vector<Plane> all;
  for (const Maps& maps : ManyMaps()) {
    const Plane alpha = NoisePlane(InputOf(maps), 8);
    for (Plane& plane : ResampleUnder(NoiseColors(InputOf(maps)), alpha, maps)) {
      all.push_back(std::move(plane));
    }
  }
  if (of_first_target.empty()) {
    of_first_target = std::move(all);
    return;
  }
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_TRUE(SameSamples(all[i], of_first_target[i]));
}

// Rows that end where their memory ends: the address sanitizer sees any read beyond them. Results
// in the middle of a larger buffer: nothing around them may change.
TEST_P(AlphaResamplerTest, ReadsAndWritesNothingBesideTheRows) {
  constexpr std::uint8_t kUntouched = 0xA5;
  for (int width = 1; width <= 70; width += (width < 20 ? 1 : 17)) {
    for (const int out_width : {1, 15, 16, 17, 65}) {
      const Maps maps = {WholeAxis(width, out_width), WholeAxis(21, 19)};
      AlphaResampler resampler = *AlphaResampler::Create(maps.horizontal, maps.vertical, {});
      const std::size_t stride = static_cast<std::size_t>(out_width) + 2;
      std::vector<std::uint8_t> buffer(stride * 21, kUntouched);
      const MutablePlaneView out{buffer.data() + stride + 1, out_width, 19,
                                 static_cast<std::ptrdiff_t>(stride)};
      for (int y = 0; y < 21; ++y) {
        const std::vector<std::uint8_t> row(static_cast<std::size_t>(width), 90);
        const PlaneView view{row.data(), width, 1, width};
        resampler.Push({}, view, {&out, 1});
      }
      ASSERT_TRUE(resampler.done());
      for (std::size_t i = 0; i < buffer.size(); ++i) {
        const std::size_t x = i % stride;
        const std::size_t y = i / stride;
        const bool inside = x >= 1 && x + 1 < stride && y >= 1 && y < 20;
        ASSERT_EQ(buffer[i], inside ? 90 : kUntouched) << width << " -> " << out_width;
      }
    }
  }
}

TEST(AlphaResampler, RefusesImpossibleMaps) {
  const auto resampler =
      AlphaResampler::Create(WholeAxis(10, 5), {.in_size = 0, .out_size = 5}, kNeutral);
  ASSERT_FALSE(resampler);
  EXPECT_EQ(resampler.error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace thimble
