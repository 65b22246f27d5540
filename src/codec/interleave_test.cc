#include "codec/interleave.h"

#include <gtest/gtest.h>

#include <numeric>

namespace thimble {
namespace {

class CountingSink final : public BandSink {
 public:
  explicit CountingSink(int wanted) : wanted_(wanted) {}
  bool AcceptBand(std::span<const PlaneView> band) override {
    heights.push_back(band[0].height);
    planes = band.size();
    last_sample = band.back().row(band.back().height - 1).back();
    return --wanted_ > 0;
  }
  std::vector<int> heights;
  std::size_t planes = 0;
  int last_sample = -1;

 private:
  int wanted_;
};

TEST(Interleave, SplitsAndJoinsRowsOfEveryChannelCountAndWidth) {
  for (std::size_t channels = 1; channels <= 4; ++channels) {
    for (std::size_t width = 1; width <= 70; ++width) {
      std::vector<std::uint8_t> row(width * channels);
      std::iota(row.begin(), row.end(), std::uint8_t{1});
      std::array<std::vector<std::uint8_t>, 4> planes;
      std::array<std::span<std::uint8_t>, 4> split;
      std::array<std::span<const std::uint8_t>, 4> joined;
      for (std::size_t c = 0; c < channels; ++c) {
        planes[c].resize(width);
        split[c] = planes[c];
        joined[c] = planes[c];
      }
      DeinterleaveRow(row, {split.data(), channels});
      for (std::size_t c = 0; c < channels; ++c) {
        for (std::size_t x = 0; x < width; ++x) ASSERT_EQ(planes[c][x], row[x * channels + c]);
      }
      std::vector<std::uint8_t> again(row.size());
      InterleaveRow({joined.data(), channels}, again);
      ASSERT_EQ(again, row);
    }
  }
}

TEST(InterleavedRows, AreZeroAtFirst) {
  const InterleavedRows rows = *InterleavedRows::Create({5, 3}, 4);
  for (int y = 0; y < 3; ++y) {
    for (const std::uint8_t sample : rows.view(3).row(y)) EXPECT_EQ(sample, 0);
  }
}

TEST(BandSplitter, HandsOutEveryRowInBands) {
  for (int channels = 1; channels <= 4; ++channels) {
    InterleavedRows rows = *InterleavedRows::Create({5, 35}, channels);
    rows.row(34)[rows.row_bytes() - 1] = 77;
    BandSplitter splitter = *BandSplitter::Create(5, channels);
    CountingSink sink(100);
    EXPECT_TRUE(splitter.Emit(rows.view(35), sink));
    EXPECT_EQ(std::accumulate(sink.heights.begin(), sink.heights.end(), 0), 35);
    EXPECT_EQ(sink.planes, static_cast<std::size_t>(channels));
    EXPECT_EQ(sink.last_sample, 77);
  }
}

TEST(BandSplitter, StopsWhenTheSinkWantsNoMore) {
  const InterleavedRows rows = *InterleavedRows::Create({5, 35}, 3);
  BandSplitter splitter = *BandSplitter::Create(5, 3);
  CountingSink sink(2);
  EXPECT_FALSE(splitter.Emit(rows.view(35), sink));
  EXPECT_EQ(sink.heights.size(), 2U);
}

}  // namespace
}  // namespace thimble
