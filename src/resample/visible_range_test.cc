#include "resample/visible_range.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

namespace thimble {
namespace {

constexpr std::size_t kWidth = 37;
using Row = std::vector<std::uint8_t>;

void Add(VisibleRange& range, const Row& samples, const Row& alpha) {
  const std::array<const std::uint8_t*, 1> colors = {samples.data()};
  range.AddRow(colors, alpha.data());
}

TEST(VisibleRange, IsThatOfTheSquaresWhichTheRowsTouch) {
  VisibleRange range = *VisibleRange::Create(1, kWidth, 40);
  for (std::uint8_t y = 0; y < 40; ++y) Add(range, Row(kWidth, y), Row(kWidth, 1));
  const auto expect = [&](VisibleRange::Rows rows, int low, int high) {
    const auto squares = range.Get(0, rows);
    ASSERT_EQ(squares.size(), 3U);
    for (const SampleRange& square : squares) {
      EXPECT_EQ(square.low, low);
      EXPECT_EQ(square.high, high);
    }
  };
  expect({.begin = 3, .end = 4}, 0, 15);
  expect({.begin = 3, .end = 17}, 0, 31);
  expect({.begin = 16, .end = 32}, 16, 31);
  expect({.begin = 39, .end = 40}, 32, 39);
}

TEST(VisibleRange, KnowsNothingOfWhatIsHidden) {
  VisibleRange range = *VisibleRange::Create(1, kWidth, 2);
  Row samples(kWidth, 90);
  Row alpha(kWidth, 0);
  samples[20] = 40;
  samples[21] = 60;
  samples[36] = 7;
  alpha[20] = alpha[21] = 1;
  Add(range, samples, alpha);
  const auto squares = range.Get(0, {.begin = 0, .end = 1});
  EXPECT_GT(squares[0].low, squares[0].high);  // nothing
  EXPECT_EQ(squares[1].low, 40);
  EXPECT_EQ(squares[1].high, 60);
  EXPECT_GT(squares[2].low, squares[2].high);
}

TEST(VisibleRange, GrowsWithTheRowsOfASquare) {
  VisibleRange range = *VisibleRange::Create(1, kWidth, 16);
  Add(range, Row(kWidth, 9), Row(kWidth, 255));
  EXPECT_EQ(range.Get(0, {.begin = 0, .end = 1})[2].high, 9);
  Add(range, Row(kWidth, 200), Row(kWidth, 255));
  EXPECT_EQ(range.Get(0, {.begin = 0, .end = 1})[2].high, 200);
  EXPECT_EQ(range.Get(0, {.begin = 0, .end = 1})[2].low, 9);
}

}  // namespace
}  // namespace thimble
