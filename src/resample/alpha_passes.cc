// Compiled without the fusing of products and sums (CMakeLists.txt), see alpha_passes.h.
#include "resample/alpha_passes.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "resample/passes.h"
#include "resample/visible_range.h"

// As in passes.cc: nothing here uses the operation for which Highway distrusts GCC 12.
#define HWY_BROKEN_EMU128 0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "resample/alpha_passes.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

#include "resample/transpose_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// One lane a row, or as many columns.
using Floats = hn::CappedTag<float, kBatchRows>;
using Integers = hn::RebindToSigned<Floats>;
using Samples = hn::Rebind<std::uint8_t, Integers>;

// An alpha below this one is rounded to 0, from this one on to 255.
constexpr float kLeastVisible = 0.5F;
constexpr float kLeastOpaque = 254.5F;

HWY_INLINE hn::Vec<Floats> FloatsFrom(const std::uint8_t* samples) {
  return hn::ConvertTo(Floats(), hn::PromoteTo(Integers(), hn::LoadU(Samples(), samples)));
}

// Calls work(first column, samples of a, samples of b) for each kAlphaColumnBlock of `width`
// columns. The last ones are copied: what a whole vector would read beyond them may not exist.
template <class Work>
HWY_INLINE void ForEachBlock(const std::uint8_t* a, const std::uint8_t* b, std::size_t width,
                             const Work& work) {
  std::size_t x = 0;
  for (; x + kAlphaColumnBlock <= width; x += kAlphaColumnBlock) work(x, a + x, b + x);
  if (x == width) return;
  std::uint8_t tail_a[kAlphaColumnBlock] = {};
  std::uint8_t tail_b[kAlphaColumnBlock] = {};
  std::memcpy(tail_a, a + x, width - x);
  std::memcpy(tail_b, b + x, width - x);
  work(x, tail_a, tail_b);
}

void Premultiply(const std::uint8_t* samples, const std::uint8_t* alpha, std::size_t width,
                 float* HWY_RESTRICT row) {
  const Floats d;
  ForEachBlock(samples, alpha, width,
               [&](std::size_t x, const std::uint8_t* s, const std::uint8_t* a) HWY_ATTR {
                 for (std::size_t i = 0; i < kAlphaColumnBlock; i += hn::Lanes(d)) {
                   hn::Store(hn::Mul(FloatsFrom(s + i), FloatsFrom(a + i)), d, row + x + i);
                 }
               });
}

void Widen(const std::uint8_t* samples, std::size_t width, float* HWY_RESTRICT row) {
  const Floats d;
  ForEachBlock(samples, samples, width,
               [&](std::size_t x, const std::uint8_t* s, const std::uint8_t*) HWY_ATTR {
                 for (std::size_t i = 0; i < kAlphaColumnBlock; i += hn::Lanes(d)) {
                   hn::Store(FloatsFrom(s + i), d, row + x + i);
                 }
               });
}

void SetRowPair(const float* HWY_RESTRICT even, const float* HWY_RESTRICT odd,
                RowPairWeights weights, std::size_t columns, float* HWY_RESTRICT sum) {
  const Floats d;
  const auto even_weight = hn::Set(d, weights.even);
  const auto odd_weight = hn::Set(d, weights.odd);
  for (std::size_t x = 0; x < columns; x += kAlphaColumnBlock) {
    for (std::size_t i = x; i < x + kAlphaColumnBlock; i += hn::Lanes(d)) {
      hn::Store(hn::Add(hn::Mul(hn::Load(d, even + i), even_weight),
                        hn::Mul(hn::Load(d, odd + i), odd_weight)),
                d, sum + i);
    }
  }
}

void AddRowPair(const float* HWY_RESTRICT even, const float* HWY_RESTRICT odd,
                RowPairWeights weights, std::size_t columns, float* HWY_RESTRICT sum) {
  const Floats d;
  const auto even_weight = hn::Set(d, weights.even);
  const auto odd_weight = hn::Set(d, weights.odd);
  for (std::size_t x = 0; x < columns; x += kAlphaColumnBlock) {
    for (std::size_t i = x; i < x + kAlphaColumnBlock; i += hn::Lanes(d)) {
      const auto with_even =
          hn::Add(hn::Load(d, sum + i), hn::Mul(hn::Load(d, even + i), even_weight));
      hn::Store(hn::Add(with_even, hn::Mul(hn::Load(d, odd + i), odd_weight)), d, sum + i);
    }
  }
}

void TransposeBatch(const float* HWY_RESTRICT rows, std::size_t stride, std::size_t columns,
                    float* HWY_RESTRICT transposed) {
  // Blocks of four rows by four columns.
  const hn::FixedTag<float, 4> d32;
  const hn::FixedTag<double, 2> d64;
  const auto store = [&](auto two_pairs, float* to)
                         HWY_ATTR { hn::Store(hn::BitCast(d32, two_pairs), d32, to); };
  for (std::size_t x = 0; x < columns; x += 4) {
    float* to = transposed + x * kBatchRows;
    for (std::size_t y = 0; y < kBatchRows; y += 4) {
      const float* from = rows + y * stride + x;
      const auto r0 = hn::Load(d32, from);
      const auto r1 = hn::Load(d32, from + stride);
      const auto r2 = hn::Load(d32, from + 2 * stride);
      const auto r3 = hn::Load(d32, from + 3 * stride);
      const auto low01 = hn::BitCast(d64, hn::InterleaveLower(d32, r0, r1));
      const auto low23 = hn::BitCast(d64, hn::InterleaveLower(d32, r2, r3));
      const auto high01 = hn::BitCast(d64, hn::InterleaveUpper(d32, r0, r1));
      const auto high23 = hn::BitCast(d64, hn::InterleaveUpper(d32, r2, r3));
      store(hn::InterleaveLower(d64, low01, low23), to + y);
      store(hn::InterleaveUpper(d64, low01, low23), to + y + kBatchRows);
      store(hn::InterleaveLower(d64, high01, high23), to + y + 2 * kBatchRows);
      store(hn::InterleaveUpper(d64, high01, high23), to + y + 3 * kBatchRows);
    }
  }
}

constexpr std::size_t kVectors = kBatchRows / hn::MaxLanes(Floats());
constexpr std::size_t kLanes = kBatchRows / kVectors;
// One column of a batch.
using Column = std::array<hn::Vec<Floats>, kVectors>;

HWY_INLINE Column FilterColumn(const float* HWY_RESTRICT columns, const float* HWY_RESTRICT weights,
                               std::size_t taps) {
  const Floats d;
  Column sums;
  for (std::size_t i = 0; i < kVectors; ++i) sums[i] = hn::Zero(d);
  for (std::size_t tap = 0; tap < taps; ++tap) {
    const auto weight = hn::Set(d, weights[tap]);
    for (std::size_t i = 0; i < kVectors; ++i) {
      const auto samples = hn::Load(d, columns + tap * kBatchRows + i * kLanes);
      sums[i] = hn::Add(sums[i], hn::Mul(samples, weight));
    }
  }
  return sums;
}

HWY_INLINE void StoreSamples(hn::Vec<Floats> values, std::uint8_t* to) {
  const Floats d;
  const auto rounded = hn::Add(values, hn::Set(d, 0.5F));
  const auto clamped = hn::Min(hn::Max(rounded, hn::Zero(d)), hn::Set(d, 255.0F));
  hn::Store(hn::DemoteTo(Samples(), hn::ConvertTo(Integers(), clamped)), Samples(), to);
}

using Tile = std::array<std::uint8_t, kBatchRows * kBatchRows>;
constexpr std::size_t kMostColors = 3;

// The batch's part of one output column.
struct OutputColumn {
  const float* samples;  // the first column under the kernel, of the first plane
  const float* weights;
  std::size_t taps;
  std::size_t plane_values;  // from one plane to the next
  std::size_t first_square;  // under the kernel
  std::size_t last_square;

  HWY_INLINE Column Filter(std::size_t plane) const {
    return FilterColumn(samples + plane * plane_values, weights, taps);
  }
  SampleRange RangeOf(std::span<const SampleRange> ranges) const {
    SampleRange range;
    for (std::size_t square = first_square; square <= last_square; ++square) {
      range.low = std::min(range.low, ranges[square].low);
      range.high = std::max(range.high, ranges[square].high);
    }
    return range;
  }
};

// A colour where all of the column is opaque.
HWY_INLINE void StoreOpaque(const Column& products, const Column& alphas, std::uint8_t* to) {
  for (std::size_t i = 0; i < kVectors; ++i) {
    StoreSamples(hn::Div(products[i], alphas[i]), to + i * kLanes);
  }
}

HWY_INLINE void StoreColor(const Column& products, const Column& alphas, float alpha_unit,
                           SampleRange range, std::uint8_t neutral, std::uint8_t* to) {
  const Floats d;
  for (std::size_t i = 0; i < kVectors; ++i) {
    const auto alpha = hn::Mul(alphas[i], hn::Set(d, alpha_unit));
    const auto is_visible = hn::Ge(alpha, hn::Set(d, kLeastVisible));
    const auto is_opaque = hn::Ge(alpha, hn::Set(d, kLeastOpaque));
    const auto divisor = hn::IfThenElse(is_visible, alphas[i], hn::Set(d, 1.0F));
    const auto quotient = hn::Div(products[i], divisor);
    const auto bounded = hn::Min(hn::Max(quotient, hn::Set(d, static_cast<float>(range.low))),
                                 hn::Set(d, static_cast<float>(range.high)));
    const auto color = hn::IfThenElse(is_opaque, quotient, bounded);
    StoreSamples(hn::IfThenElse(is_visible, color, hn::Set(d, static_cast<float>(neutral))),
                 to + i * kLanes);
  }
}

HWY_INLINE bool AreAllAtLeast(const Column& alphas, float least) {
  const Floats d;
  bool all = true;
  for (std::size_t i = 0; i < kVectors; ++i) {
    all = all && hn::AllTrue(d, hn::Ge(alphas[i], hn::Set(d, least)));
  }
  return all;
}

HWY_INLINE bool AreAllBelow(const Column& alphas, float limit) {
  const Floats d;
  bool all = true;
  for (std::size_t i = 0; i < kVectors; ++i) {
    all = all && hn::AllTrue(d, hn::Lt(alphas[i], hn::Set(d, limit)));
  }
  return all;
}

// Most columns of most pictures are either opaque or transparent all over.
HWY_INLINE void FinishColumn(const OutputColumn& column, float alpha_unit,
                             std::span<const AlphaPlaneOutput> colors, std::size_t tile_column,
                             std::array<Tile, kMostColors + 1>& tiles) {
  const Floats d;
  const std::size_t at = tile_column * kBatchRows;
  const Column alphas = column.Filter(colors.size());
  const bool are_opaque = AreAllAtLeast(alphas, kLeastOpaque / alpha_unit);
  const bool are_hidden = AreAllBelow(alphas, kLeastVisible / alpha_unit);
  for (std::size_t c = 0; c < colors.size(); ++c) {
    std::uint8_t* const to = tiles[c].data() + at;
    if (are_hidden) {
      std::memset(to, colors[c].neutral, kBatchRows);
    } else if (are_opaque) {
      StoreOpaque(column.Filter(c), alphas, to);
    } else {
      StoreColor(column.Filter(c), alphas, alpha_unit, column.RangeOf(colors[c].ranges),
                 colors[c].neutral, to);
    }
  }
  for (std::size_t i = 0; i < kVectors; ++i) {
    StoreSamples(hn::Mul(alphas[i], hn::Set(d, alpha_unit)),
                 tiles[colors.size()].data() + at + i * kLanes);
  }
}

OutputColumn ColumnOf(const AlphaColumnFilter& filter, const float* transposed, std::size_t columns,
                      std::size_t squares, std::size_t output) {
  const auto first = static_cast<std::size_t>(filter.first[output]);
  return {.samples = transposed + first * kBatchRows,
          .weights = filter.weights + output * filter.taps,
          .taps = filter.taps,
          .plane_values = columns * kBatchRows,
          .first_square = first / kRangeSide,
          .last_square = std::min((first + filter.taps - 1) / kRangeSide, squares - 1)};
}

void StoreTile(Tile& tile, std::size_t x, std::size_t count, MutablePlaneView out) {
  HWY_ALIGN std::uint8_t scratch[kBatchRows * kBatchRows];
  TransposeTile(tile.data(), scratch);
  for (int y = 0; y < out.height; ++y) {
    std::memcpy(out.data + y * out.stride + x,
                tile.data() + static_cast<std::size_t>(y) * kBatchRows, count);
  }
}

void FilterColumns(const AlphaColumnFilter& filter, const float* transposed, std::size_t columns,
                   std::span<const AlphaPlaneOutput> colors, MutablePlaneView alpha) {
  HWY_ALIGN std::array<Tile, kMostColors + 1> tiles = {};
  const auto width = static_cast<std::size_t>(alpha.width);
  const std::size_t squares = colors.empty() ? 1 : colors[0].ranges.size();
  for (std::size_t x = 0; x < width; x += kBatchRows) {
    const std::size_t count = std::min(kBatchRows, width - x);
    for (std::size_t i = 0; i < count; ++i) {
      FinishColumn(ColumnOf(filter, transposed, columns, squares, x + i), filter.alpha_unit, colors,
                   i, tiles);
    }
    for (std::size_t i = 0; i < colors.size(); ++i)
      StoreTile(tiles[i], x, count, colors[i].samples);
    StoreTile(tiles[colors.size()], x, count, alpha);
  }
}

}  // namespace

AlphaPasses MakeAlphaPasses() {
  return {&Premultiply, &Widen, &SetRowPair, &AddRowPair, &TransposeBatch, &FilterColumns};
}

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakeAlphaPasses);

AlphaPasses AlphaPassesForThisCpu() { return HWY_DYNAMIC_DISPATCH(MakeAlphaPasses)(); }

}  // namespace thimble
#endif
