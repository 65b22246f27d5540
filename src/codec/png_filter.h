// Filters the rows of a PNG that is written (see png_unfilter.h for what a filter is): each row
// gets the one of the five whose residuals have the smallest sum of absolute values, which
// compresses photographs and graphics well without trying the compressor. That is libpng's rule
// too.
//
// Only samples of 8 bits. Thread-safety: none. Ownership: of all buffers. Errors: kImageTooCostly
// without memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "codec/png_rows.h"
#include "image/plane.h"

namespace thimble {

class PngFilter {
 public:
  // REQUIRES 1 to 4 channels.
  static Expected<PngFilter> Create(int width, int channels);

  // Where the samples of the next row, top down, are to be written before FilterRow.
  std::span<std::uint8_t> next_row();

  // The filter's type, then the residuals: StoredPngRowBytes. Valid until the next call.
  std::span<const std::uint8_t> FilterRow();

 private:
  std::size_t row_bytes_ = 0;
  std::size_t channels_ = 0;
  int current_ = 0;
  Plane rows_;        // two: the current and the one above, each behind a pixel of zeros
  Plane candidates_;  // one a filter
};

}  // namespace thimble
