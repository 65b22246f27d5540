// Undoes PNG's row filters (ISO/IEC 15948, 9): a sample is stored as its difference from what the
// samples to its left (a), above it (b) and above to the left (c) predict.
//
// Each sample needs the one to its left, so a single row cannot be computed by vectors. But a row
// can be undone two pixels behind the row above it. So as many rows are undone at once as a vector
// holds pixels, whatever the filter of each.
//
// Only for samples of 8 bits. Thread-safety: none. Ownership: the rows are the caller's. Errors:
// kImageTooCostly without memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/c_ptr.h"
#include "base/error.h"
#include "codec/png_rows.h"

namespace thimble {

class PngUnfilter {
 public:
  // REQUIRES 1 to 4 channels.
  static Expected<PngUnfilter> Create(int width, int channels);

  // Turns the next rows, top down, into samples, in place. REQUIRES whole rows and only types below
  // kPngFilterTypes.
  void UndoNextRows(std::span<std::uint8_t> stored_rows);

 private:
  void UndoTogether(std::uint8_t* stored_rows, std::size_t count);

  std::size_t width_ = 0;
  std::size_t channels_ = 0;
  std::size_t stored_row_bytes_ = 0;
  std::size_t rows_at_once_ = 0;
  std::size_t steps_ = 0;
  // Pixels of 32 bits, zero where a row has none yet. [steps_][rows_at_once_]: at step t stands
  // pixel t - 2 * r of row r.
  CPtr<std::uint32_t, &std::free> skewed_;
  CPtr<std::uint32_t, &std::free> above_;  // [steps_]: the row above the first of them
};

}  // namespace thimble
