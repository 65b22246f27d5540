#include "codec/png_unfilter.h"

#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <random>
#include <vector>

#include "codec/png_file_test_support.h"

namespace thimble {
namespace {

// The specification's words, a sample at a time.
void UndoByDefinition(std::vector<std::uint8_t>& rows, std::size_t row_bytes,
                      std::size_t channels) {
  for (std::size_t start = 0; start < rows.size(); start += row_bytes) {
    for (std::size_t i = 1; i < row_bytes; ++i) {
      const bool has_left = i > channels;
      const bool has_above = start > 0;
      const int a = has_left ? rows[start + i - channels] : 0;
      const int b = has_above ? rows[start - row_bytes + i] : 0;
      const int c = has_left && has_above ? rows[start - row_bytes + i - channels] : 0;
      const int sample = rows[start + i] + PngPrediction(rows[start], a, b, c);
      rows[start + i] = static_cast<std::uint8_t>(sample & 0xFF);
    }
  }
}

std::vector<std::uint8_t> RandomRows(std::size_t row_bytes, std::size_t height, int first_filter,
                                     int filters) {
  std::mt19937 random(static_cast<unsigned>(row_bytes * 1000 + height));
  std::vector<std::uint8_t> rows(row_bytes * height);
  for (std::uint8_t& byte : rows) byte = static_cast<std::uint8_t>(random() & 0xFF);
  for (std::size_t start = 0; start < rows.size(); start += row_bytes) {
    rows[start] =
        static_cast<std::uint8_t>(first_filter + static_cast<int>(random() % unsigned(filters)));
  }
  return rows;
}

// In two calls, cut behind `first_rows`.
void Undo(std::vector<std::uint8_t>& rows, int width, int channels, std::size_t first_rows) {
  const std::size_t row_bytes = StoredPngRowBytes(width, channels);
  PngUnfilter unfilter = *PngUnfilter::Create(width, channels);
  const std::span<std::uint8_t> all(rows);
  unfilter.UndoNextRows(all.first(first_rows * row_bytes));
  unfilter.UndoNextRows(all.subspan(first_rows * row_bytes));
}

class PngUnfilterTest : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(PngUnfilterTest);

TEST_P(PngUnfilterTest, UndoesAnyMixOfFiltersAsTheSpecificationSays) {
  for (const int channels : {1, 2, 3, 4}) {
    for (const int width : {1, 2, 3, 7, 16, 63, 64, 65, 200}) {
      for (const std::size_t height : {1U, 2U, 7U, 8U, 9U, 33U}) {
        SCOPED_TRACE(testing::Message() << channels << " channels " << width << "x" << height);
        const std::size_t row_bytes = StoredPngRowBytes(width, channels);
        std::vector<std::uint8_t> rows = RandomRows(row_bytes, height, 0, kPngFilterTypes);
        std::vector<std::uint8_t> expected = rows;
        UndoByDefinition(expected, row_bytes, static_cast<std::size_t>(channels));
        Undo(rows, width, channels, height / 3);
        ASSERT_EQ(rows, expected);
      }
    }
  }
}

TEST_P(PngUnfilterTest, UndoesEachFilterAlone) {
  for (int filter = 0; filter < kPngFilterTypes; ++filter) {
    std::vector<std::uint8_t> rows = RandomRows(StoredPngRowBytes(501, 4), 40, filter, 1);
    std::vector<std::uint8_t> expected = rows;
    UndoByDefinition(expected, StoredPngRowBytes(501, 4), 4);
    Undo(rows, 501, 4, 16);
    ASSERT_EQ(rows, expected) << "filter " << filter;
  }
}

}  // namespace
}  // namespace thimble
