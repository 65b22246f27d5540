// The inner loops of the resampler, compiled for every SIMD target and chosen at run time.
//
// Data takes four steps:
//   1. InterleaveRows  two source rows -> one row of pairs: even0 odd0 even1 odd1 ...
//   2. FilterRows      the row pairs under one output row -> one intermediate row
//   3. TransposeBatch  kBatchRows intermediate rows -> column pairs of kBatchRows rows
//   4. FilterColumns   column pairs -> kBatchRows output rows
// Pairs, because SIMD units multiply and add two neighbouring int16 lanes at once; the
// transposition in between, because then a vector holds one column of many rows and no lane ever
// has to move.
//
// Intermediate samples are int16 with kIntermediateBits fraction bits, which leaves room for the
// overshoot: -0.3 to 1.3 times 255 << 6 stays within +-21,000. They are rounded down, and
// FilterColumns adds the missing half step back: rounding twice to nearest would round ties up
// twice.
//
// Preconditions: `columns` is a multiple of kColumnBlock; every buffer but source and output rows
// starts on 64 bytes and has room for `columns` columns. Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "image/plane.h"

namespace thimble {

inline constexpr std::size_t kBatchRows = 16;
inline constexpr std::size_t kColumnBlock = 64;
inline constexpr int kIntermediateBits = 6;

// Weighted row pairs of one output row.
struct RowFilter {
  const std::uint8_t* const* row_pairs = nullptr;  // [pairs]
  const std::int16_t* weights = nullptr;           // [pairs][2]
  std::size_t pairs = 0;
  int shift = 0;
};

// Weighted column pairs of all output columns.
struct ColumnFilter {
  const std::int32_t* first_pair = nullptr;  // [outputs]
  const std::int16_t* weights = nullptr;     // [outputs][pairs][2]
  std::size_t pairs = 0;
  int shift = 0;
};

struct Passes {
  // Writes up to the next multiple of kColumnBlock columns.
  void (*interleave_rows)(const std::uint8_t* even, const std::uint8_t* odd, std::size_t width,
                          std::uint8_t* row_pair);
  void (*filter_rows)(const RowFilter& filter, std::size_t columns, std::int16_t* row);
  // `rows`: kBatchRows rows, `stride` values apart. `column_pairs`: [columns / 2][kBatchRows][2].
  void (*transpose_batch)(const std::int16_t* rows, std::size_t stride, std::size_t columns,
                          std::int16_t* column_pairs);
  // Writes the rows of `out`: at most kBatchRows.
  void (*filter_columns)(const ColumnFilter& filter, const std::int16_t* column_pairs,
                         MutablePlaneView out);
};

// The fastest this CPU can run. Look it up once per plane, not per row.
Passes PassesForThisCpu();

}  // namespace thimble
