// The inner loops of AlphaResampler, compiled for every SIMD target and chosen at run time.
//
// Data takes four steps:
//   1. premultiply, widen  source rows -> rows of samples times alpha, and of alpha
//   2. set_, add_row_pair  two such rows, weighted -> one intermediate row, or added to it
//   3. transpose_batch     kBatchRows intermediate rows -> columns of kBatchRows rows
//   4. filter_columns      columns -> kBatchRows output rows, divided by their alpha
//
// All values between are floats: the products of two samples are exact, and nothing is clamped
// before the division. Products and sums are rounded one by one, never fused, so that every target
// gives the same bits.
//
// Preconditions: `columns` is a multiple of kAlphaColumnBlock; every buffer but source and output
// rows starts on 64 bytes and has room for `columns` columns. Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "image/plane.h"
#include "resample/visible_range.h"

namespace thimble {

inline constexpr std::size_t kAlphaColumnBlock = 32;

// Of one output row, from two source rows; in units of the row's coefficients.
struct RowPairWeights {
  float even = 0;
  float odd = 0;
};

// Weighted columns of all output columns.
struct AlphaColumnFilter {
  const std::int32_t* first = nullptr;  // [outputs] the first column under the kernel
  const float* weights = nullptr;       // [outputs][taps]
  std::size_t taps = 0;
  float alpha_unit = 1;  // a weighted alpha times this is an alpha of 0 to 255
};

// What one plane becomes.
struct AlphaPlaneOutput {
  MutablePlaneView samples;  // at most kBatchRows rows
  std::uint8_t neutral = 0;  // the sample where the result is transparent
  // Of each square that the rows' sources lie in; for results that are not opaque.
  std::span<const SampleRange> ranges;
};

struct AlphaPasses {
  // Writes up to the next multiple of kAlphaColumnBlock columns.
  void (*premultiply)(const std::uint8_t* samples, const std::uint8_t* alpha, std::size_t width,
                      float* row);
  void (*widen)(const std::uint8_t* samples, std::size_t width, float* row);
  void (*set_row_pair)(const float* even, const float* odd, RowPairWeights weights,
                       std::size_t columns, float* sum);
  void (*add_row_pair)(const float* even, const float* odd, RowPairWeights weights,
                       std::size_t columns, float* sum);
  // `rows`: kBatchRows rows, `stride` values apart. `transposed`: [columns][kBatchRows].
  void (*transpose_batch)(const float* rows, std::size_t stride, std::size_t columns,
                          float* transposed);
  // `transposed`: [colors.size() + 1][columns][kBatchRows], alpha last.
  void (*filter_columns)(const AlphaColumnFilter& filter, const float* transposed,
                         std::size_t columns, std::span<const AlphaPlaneOutput> colors,
                         MutablePlaneView alpha);
};

// The fastest this CPU can run. Look it up once per picture, not per row.
AlphaPasses AlphaPassesForThisCpu();

}  // namespace thimble
