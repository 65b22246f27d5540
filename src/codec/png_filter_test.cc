#include "codec/png_filter.h"

#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "codec/png_file_test_support.h"
#include "codec/png_unfilter.h"

namespace thimble {
namespace {

// Smooth with a little noise; `wildness` 0 to 255.
Bytes Samples(std::size_t count, unsigned wildness) {
  std::mt19937 random(static_cast<unsigned>(count));
  Bytes samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<std::uint8_t>((i / 3 + random() % (wildness + 1)) & 0xFF);
  }
  return samples;
}

Bytes Filter(const Bytes& samples, int width, int channels) {
  PngFilter filter = *PngFilter::Create(width, channels);
  Bytes rows;
  for (auto from = samples.begin(); from != samples.end();) {
    const auto row = filter.next_row();
    std::copy_n(from, row.size(), row.begin());
    from += static_cast<std::ptrdiff_t>(row.size());
    const auto stored = filter.FilterRow();
    rows.insert(rows.end(), stored.begin(), stored.end());
  }
  return rows;
}

class PngFilterTest : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(PngFilterTest);

TEST_P(PngFilterTest, IsUndoneByUnfiltering) {
  for (const int channels : {1, 2, 3, 4}) {
    for (const int width : {1, 2, 15, 16, 17, 63, 64, 65, 300}) {
      for (const unsigned wildness : {0U, 5U, 255U}) {
        const std::size_t row_bytes = StoredPngRowBytes(width, channels);
        const Bytes samples = Samples((row_bytes - 1) * 9, wildness);
        Bytes rows = Filter(samples, width, channels);
        ASSERT_EQ(rows.size(), row_bytes * 9);
        PngUnfilter unfilter = *PngUnfilter::Create(width, channels);
        unfilter.UndoNextRows(rows);
        Bytes undone;
        for (auto row = rows.begin(); row != rows.end();) {
          const auto end = row + static_cast<std::ptrdiff_t>(row_bytes);
          undone.insert(undone.end(), row + 1, end);
          row = end;
        }
        ASSERT_EQ(undone, samples) << channels << " channels, width " << width;
      }
    }
  }
}

// Of a row, filtered by definition.
int CostOf(int filter, std::span<const std::uint8_t> row, std::span<const std::uint8_t> above,
           std::size_t channels) {
  int cost = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const int a = i < channels ? 0 : row[i - channels];
    const int c = i < channels ? 0 : above[i - channels];
    const int residual = (row[i] - PngPrediction(filter, a, above[i], c)) & 0xFF;
    cost += std::min(residual, 256 - residual);
  }
  return cost;
}

TEST_P(PngFilterTest, TakesTheFirstFilterWithTheSmallestResiduals) {
  std::array<int, kPngFilterTypes> taken{};
  for (const unsigned wildness : {0U, 2U, 20U, 150U, 255U}) {
    for (const std::size_t width : {5U, 37U, 64U, 101U}) {
      const Bytes samples = Samples(width * 3 * 12, wildness);
      const Bytes rows = Filter(samples, static_cast<int>(width), 3);
      const Bytes zeros(width * 3, 0);
      std::span<const std::uint8_t> above = zeros;
      for (std::size_t y = 0; y < 12; ++y) {
        const auto row = std::span(samples).subspan(y * width * 3, width * 3);
        std::array<int, kPngFilterTypes> costs{};
        for (int filter = 0; filter < kPngFilterTypes; ++filter) {
          costs[static_cast<std::size_t>(filter)] = CostOf(filter, row, above, 3);
        }
        const auto cheapest = std::ranges::min_element(costs) - costs.begin();
        ASSERT_EQ(rows[y * (1 + width * 3)], cheapest);
        ++taken[static_cast<std::size_t>(cheapest)];
        above = row;
      }
    }
  }
  for (const int times : taken) EXPECT_GT(times, 0) << "a filter that no row was for";
}

}  // namespace
}  // namespace thimble
