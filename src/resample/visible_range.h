// The range of the visible samples near each place of planes under an alpha plane.
//
// Where the kernel's positive and negative weights all but cancel each other, a small remainder is
// divided by a small alpha, and small differences between samples grow to anything. What comes out
// must stay among the colours that went in.
//
// Places are squares of kRangeSide samples. Thread-safety: none. Errors: kImageTooCostly without
// memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "resample/aligned_array.h"

namespace thimble {

inline constexpr std::size_t kRangeSide = 16;

struct SampleRange {
  std::uint8_t low = 255;
  std::uint8_t high = 0;
};

class VisibleRange {
 public:
  VisibleRange() = default;
  static Expected<VisibleRange> Create(std::size_t colors, std::size_t width, std::size_t height);

  // The next row of every colour plane, top down, and of alpha.
  void AddRow(std::span<const std::uint8_t* const> colors, const std::uint8_t* alpha);

  struct Rows {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  // Of the samples in `rows`, as far as they have been added, and in the others of the same
  // squares: one for each column of squares. The default where nothing is visible.
  std::span<const SampleRange> Get(std::size_t color, Rows rows);

 private:
  void Summarize();
  SampleRange* squares(std::size_t color, std::size_t row) {
    return squares_.data() + (color * square_rows_ + row) * columns_;
  }

  std::size_t colors_ = 0;
  std::size_t width_ = 0;
  std::size_t columns_ = 0;      // of squares
  std::size_t square_rows_ = 0;  //
  std::size_t rows_added_ = 0;
  bool summarized_ = true;  // every row is in squares_
  // Of each column of samples, in the row of squares that is being added to: [color][width].
  AlignedArray<std::uint8_t> low_;
  AlignedArray<std::uint8_t> high_;
  AlignedArray<SampleRange> squares_;  // [color][square row][columns]
  AlignedArray<SampleRange> answer_;   // [color][columns]
};

}  // namespace thimble
