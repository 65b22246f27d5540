#include "resample/visible_range.h"

#include <algorithm>

namespace thimble {
namespace {

// Hidden samples widen nothing. Plain loops over bytes: compilers make SIMD code of them.
void Widen(const std::uint8_t* samples, const std::uint8_t* alpha, std::size_t width,
           std::uint8_t* low, std::uint8_t* high) {
  for (std::size_t x = 0; x < width; ++x) {
    const auto hidden = static_cast<std::uint8_t>(alpha[x] == 0 ? 255 : 0);
    const auto lowest = static_cast<std::uint8_t>(samples[x] | hidden);
    const auto highest = static_cast<std::uint8_t>(samples[x] & ~hidden);
    low[x] = std::min(low[x], lowest);
    high[x] = std::max(high[x], highest);
  }
}

SampleRange RangeOf(const std::uint8_t* low, const std::uint8_t* high, std::size_t count) {
  SampleRange range;
  for (std::size_t i = 0; i < count; ++i) {
    range.low = std::min(range.low, low[i]);
    range.high = std::max(range.high, high[i]);
  }
  return range;
}

}  // namespace

Expected<VisibleRange> VisibleRange::Create(std::size_t colors, std::size_t width,
                                            std::size_t height) {
  VisibleRange range;
  range.colors_ = colors;
  range.width_ = width;
  range.columns_ = (width + kRangeSide - 1) / kRangeSide;
  range.square_rows_ = (height + kRangeSide - 1) / kRangeSide;
  const std::size_t squares = colors * range.columns_ * range.square_rows_;
  THIMBLE_TRY(range.low_, AlignedArray<std::uint8_t>::Create(colors * width));
  THIMBLE_TRY(range.high_, AlignedArray<std::uint8_t>::Create(colors * width));
  THIMBLE_TRY(range.squares_, AlignedArray<SampleRange>::Create(squares));
  THIMBLE_TRY(range.answer_, AlignedArray<SampleRange>::Create(colors * range.columns_));
  std::fill_n(range.squares_.data(), squares, SampleRange{});
  return range;
}

void VisibleRange::AddRow(std::span<const std::uint8_t* const> colors, const std::uint8_t* alpha) {
  if (rows_added_ % kRangeSide == 0) {
    Summarize();
    std::fill_n(low_.data(), colors_ * width_, std::uint8_t{255});
    std::fill_n(high_.data(), colors_ * width_, std::uint8_t{0});
  }
  for (std::size_t i = 0; i < colors_; ++i) {
    Widen(colors[i], alpha, width_, low_.data() + i * width_, high_.data() + i * width_);
  }
  ++rows_added_;
  summarized_ = false;
}

void VisibleRange::Summarize() {
  if (summarized_) return;
  summarized_ = true;
  const std::size_t row = (rows_added_ - 1) / kRangeSide;
  for (std::size_t i = 0; i < colors_; ++i) {
    for (std::size_t column = 0; column < columns_; ++column) {
      const std::size_t begin = column * kRangeSide;
      squares(i, row)[column] =
          RangeOf(low_.data() + i * width_ + begin, high_.data() + i * width_ + begin,
                  std::min(width_ - begin, kRangeSide));
    }
  }
}

std::span<const SampleRange> VisibleRange::Get(std::size_t color, Rows rows) {
  Summarize();
  const std::span answer(answer_.data() + color * columns_, columns_);
  std::ranges::fill(answer, SampleRange{});
  for (std::size_t row = rows.begin / kRangeSide; row <= (rows.end - 1) / kRangeSide; ++row) {
    const SampleRange* const of_row = squares(color, row);
    for (std::size_t column = 0; column < columns_; ++column) {
      answer[column].low = std::min(answer[column].low, of_row[column].low);
      answer[column].high = std::max(answer[column].high, of_row[column].high);
    }
  }
  return answer;
}

}  // namespace thimble
