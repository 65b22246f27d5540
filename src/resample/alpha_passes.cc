// Compiled without the fusing of products and sums (CMakeLists.txt), see alpha_passes.h.
#include "resample/alpha_passes.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "resample/passes.h"

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
static_assert(kBatchRows == kAlphaColumnBlock);

// An alpha below this one is rounded to 0.
constexpr float kLeastAlpha = 0.5F;

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

void AddRowPair(const float* HWY_RESTRICT even, const float* HWY_RESTRICT odd,
                RowPairWeights weights, std::size_t columns, float* HWY_RESTRICT sum) {
  const Floats d;
  const auto even_weight = hn::Set(d, weights.even);
  const auto odd_weight = hn::Set(d, weights.odd);
  for (std::size_t x = 0; x < columns; x += hn::Lanes(d)) {
    const auto with_even =
        hn::Add(hn::Load(d, sum + x), hn::Mul(hn::Load(d, even + x), even_weight));
    hn::Store(hn::Add(with_even, hn::Mul(hn::Load(d, odd + x), odd_weight)), d, sum + x);
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

// One output column of as many rows as a vector has lanes.
HWY_INLINE hn::Vec<Floats> FilterColumn(const float* HWY_RESTRICT columns,
                                        const float* HWY_RESTRICT weights, std::size_t taps) {
  const Floats d;
  auto sum = hn::Zero(d);
  for (std::size_t tap = 0; tap < taps; ++tap) {
    sum = hn::Add(sum, hn::Mul(hn::Load(d, columns + tap * kBatchRows), hn::Set(d, weights[tap])));
  }
  return sum;
}

HWY_INLINE void StoreSamples(hn::Vec<Floats> values, std::uint8_t* to) {
  const Floats d;
  const auto rounded = hn::Add(values, hn::Set(d, 0.5F));
  const auto clamped = hn::Min(hn::Max(rounded, hn::Zero(d)), hn::Set(d, 255.0F));
  hn::Store(hn::DemoteTo(Samples(), hn::ConvertTo(Integers(), clamped)), Samples(), to);
}

using Tile = std::array<std::uint8_t, kBatchRows * kBatchRows>;
constexpr std::size_t kMostColors = 3;

// What one output column becomes in every plane; alpha's tile is the last.
struct ColumnWork {
  const AlphaColumnFilter& filter;
  const float* transposed;
  std::size_t plane_values;  // from one plane to the next
  std::span<const AlphaPlaneOutput> colors;

  HWY_INLINE void Run(std::size_t output, std::size_t tile_column,
                      std::array<Tile, kMostColors + 1>& tiles) const {
    const Floats d;
    const float* const weights = filter.weights + output * filter.taps;
    const float* const first =
        transposed + static_cast<std::size_t>(filter.first[output]) * kBatchRows;
    for (std::size_t y = 0; y < kBatchRows; y += hn::Lanes(d)) {
      const auto weighted =
          FilterColumn(first + colors.size() * plane_values + y, weights, filter.taps);
      const auto alpha = hn::Mul(weighted, hn::Set(d, filter.alpha_unit));
      const auto is_visible = hn::Ge(alpha, hn::Set(d, kLeastAlpha));
      const auto divisor = hn::IfThenElse(is_visible, weighted, hn::Set(d, 1.0F));
      const std::size_t at = tile_column * kBatchRows + y;
      for (std::size_t i = 0; i < colors.size(); ++i) {
        const auto product = FilterColumn(first + i * plane_values + y, weights, filter.taps);
        const auto neutral = hn::Set(d, static_cast<float>(colors[i].neutral));
        StoreSamples(hn::IfThenElse(is_visible, hn::Div(product, divisor), neutral),
                     tiles[i].data() + at);
      }
      StoreSamples(alpha, tiles[colors.size()].data() + at);
    }
  }
};

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
  const ColumnWork work = {.filter = filter,
                           .transposed = transposed,
                           .plane_values = columns * kBatchRows,
                           .colors = colors};
  HWY_ALIGN std::array<Tile, kMostColors + 1> tiles = {};
  const auto width = static_cast<std::size_t>(alpha.width);
  for (std::size_t x = 0; x < width; x += kBatchRows) {
    const std::size_t count = std::min(kBatchRows, width - x);
    for (std::size_t i = 0; i < count; ++i) work.Run(x + i, i, tiles);
    for (std::size_t i = 0; i < colors.size(); ++i)
      StoreTile(tiles[i], x, count, colors[i].samples);
    StoreTile(tiles[colors.size()], x, count, alpha);
  }
}

}  // namespace

AlphaPasses MakeAlphaPasses() {
  return {&Premultiply, &Widen, &AddRowPair, &TransposeBatch, &FilterColumns};
}

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakeAlphaPasses);

AlphaPasses AlphaPassesForThisCpu() { return HWY_DYNAMIC_DISPATCH(MakeAlphaPasses)(); }

}  // namespace thimble
#endif
