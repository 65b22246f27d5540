// How rows go in and out: bands of any height, the buffers' bounds, planes that end early.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "resample/resample_test_support.h"
#include "resample/resampler.h"

namespace thimble {
namespace {

bool SameSamples(PlaneView a, PlaneView b) {
  for (int y = 0; y < a.height; ++y) {
    if (!std::ranges::equal(a.row(y), b.row(y))) return false;
  }
  return a.width == b.width && a.height == b.height;
}

PlaneView Band(const Plane& plane, int first, int rows) {
  return {plane.view().data + first * plane.stride(), plane.width(), rows, plane.stride()};
}

TEST(PlaneResamplerRowsTest, TheBandsMakeNoDifference) {
  const Plane in = NoisePlane({83, 97}, 1);
  for (const int height : {1, 15, 16, 33, 97, 200}) {
    const AxisMap horizontal = WholeAxis(83, 40);
    const AxisMap vertical = WholeAxis(97, height);
    const Plane whole = Resample(in.view(), horizontal, vertical, 97);
    for (const int band_rows : {1, 2, 3, 8, 16, 17}) {
      EXPECT_TRUE(
          SameSamples(Resample(in.view(), horizontal, vertical, band_rows).view(), whole.view()))
          << height << " rows from bands of " << band_rows;
    }
  }
}

TEST(PlaneResamplerRowsTest, EmptyBandsAreNothing) {
  const Plane in = NoisePlane({20, 9}, 2);
  const AxisMap horizontal = WholeAxis(20, 11);
  const AxisMap vertical = WholeAxis(9, 5);
  Plane out = *Plane::Create({11, 5});
  PlaneResampler resampler = *PlaneResampler::Create(horizontal, vertical);
  for (int y = 0; y < 9; ++y) {
    resampler.Push(Band(in, y, 0), out.mutable_view());
    resampler.Push(Band(in, y, 1), out.mutable_view());
  }
  EXPECT_TRUE(resampler.done());
  EXPECT_TRUE(SameSamples(out.view(), Resample(in.view(), horizontal, vertical).view()));
}

TEST(PlaneResamplerRowsTest, IsDoneWithTheLastRowItNeeds) {
  const Plane in = NoisePlane({10, 100}, 3);
  Plane out = *Plane::Create({10, 10});
  // The last centre is 9.5 + 20; its kernel reaches input row 31, the 32nd.
  PlaneResampler resampler =
      *PlaneResampler::Create(WholeAxis(10, 10), {.in_size = 100, .out_size = 10, .offset = 20});
  resampler.Push(Band(in, 0, 31), out.mutable_view());
  EXPECT_FALSE(resampler.done());
  resampler.Push(Band(in, 31, 1), out.mutable_view());
  EXPECT_TRUE(resampler.done());
}

TEST(PlaneResamplerRowsTest, RowsAfterTheLastNeededOneAreIgnored) {
  const Plane in = NoisePlane({30, 40}, 4);
  const Plane other = ConstantPlane({30, 40}, 77);
  Plane out = *Plane::Create({15, 20});
  PlaneResampler resampler = *PlaneResampler::Create(WholeAxis(30, 15), WholeAxis(40, 20));
  resampler.Push(in.view(), out.mutable_view());
  ASSERT_TRUE(resampler.done());
  resampler.Push(other.view(), out.mutable_view());
  EXPECT_TRUE(
      SameSamples(out.view(), Resample(in.view(), WholeAxis(30, 15), WholeAxis(40, 20)).view()));
}

TEST(PlaneResamplerRowsTest, ItStaysInPlaceWhenMoved) {
  const Plane in = NoisePlane({30, 40}, 5);
  Plane out = *Plane::Create({15, 20});
  PlaneResampler first = *PlaneResampler::Create(WholeAxis(30, 15), WholeAxis(40, 20));
  first.Push(Band(in, 0, 13), out.mutable_view());
  PlaneResampler second = std::move(first);
  second.Push(Band(in, 13, 27), out.mutable_view());
  EXPECT_TRUE(second.done());
  EXPECT_TRUE(
      SameSamples(out.view(), Resample(in.view(), WholeAxis(30, 15), WholeAxis(40, 20)).view()));
}

// Rows that end where their memory ends: the address sanitizer sees any read beyond them. Results
// in the middle of a larger buffer: nothing around them may change.
TEST(PlaneResamplerRowsTest, ReadsAndWritesNothingBesideTheRows) {
  constexpr std::uint8_t kUntouched = 0xA5;
  for (int width = 1; width <= 140; width += (width < 20 ? 1 : 17)) {
    const Plane in = NoisePlane({width, 21}, 6);
    for (const int out_width : {1, 2, 15, 16, 17, 64, 65}) {
      const AxisMap horizontal = WholeAxis(width, out_width);
      const AxisMap vertical = WholeAxis(21, 19);
      PlaneResampler resampler = *PlaneResampler::Create(horizontal, vertical);
      const std::size_t stride = static_cast<std::size_t>(out_width) + 2;
      std::vector<std::uint8_t> buffer(stride * 21, kUntouched);
      const MutablePlaneView out{buffer.data() + stride + 1, out_width, 19,
                                 static_cast<std::ptrdiff_t>(stride)};
      for (int y = 0; y < 21; ++y) {
        const std::vector<std::uint8_t> row(in.row(y).begin(), in.row(y).end());
        resampler.Push({row.data(), width, 1, width}, out);
      }
      ASSERT_TRUE(resampler.done());
      EXPECT_TRUE(SameSamples(out, Resample(in.view(), horizontal, vertical).view()));
      for (std::size_t i = 0; i < buffer.size(); ++i) {
        const std::size_t x = i % stride;
        const std::size_t y = i / stride;
        const bool inside = x >= 1 && x + 1 < stride && y >= 1 && y < 20;
        ASSERT_TRUE(inside || buffer[i] == kUntouched) << width << " -> " << out_width;
      }
    }
  }
}

TEST(PlaneResamplerRowsTest, ImpossibleMapsAreRefused) {
  const auto resampler = PlaneResampler::Create(WholeAxis(10, 5), {.in_size = 0, .out_size = 5});
  ASSERT_FALSE(resampler);
  EXPECT_EQ(resampler.error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace thimble
