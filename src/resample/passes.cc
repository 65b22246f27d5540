#include "resample/passes.h"

#include <algorithm>
#include <cstring>

// Highway gives GCC 12 a fallback for CPUs without SSSE3 that has one lane a vector and lacks half
// of the operations, because of a compiler bug in another operation (MulHigh, GCC PR 106322).
// Nothing here uses that one, so the full emulation it is.
#define HWY_BROKEN_EMU128 0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "resample/passes.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

#include "resample/transpose_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// One lane a row; wider machines than 16 lanes would gain nothing.
using Lanes32 = hn::CappedTag<std::int32_t, kBatchRows>;
using Lanes16 = hn::Repartition<std::int16_t, Lanes32>;

void InterleaveRows(const std::uint8_t* even, const std::uint8_t* odd, std::size_t width,
                    std::uint8_t* row_pair) {
  const hn::CappedTag<std::uint8_t, kColumnBlock> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t x = 0;
  for (; x + lanes <= width; x += lanes) {
    hn::StoreInterleaved2(hn::LoadU(d, even + x), hn::LoadU(d, odd + x), d, row_pair + 2 * x);
  }
  if (x == width) return;
  // The caller's rows end here: what a whole vector would read beyond them may not exist.
  HWY_ALIGN std::uint8_t tail_even[kColumnBlock] = {};
  HWY_ALIGN std::uint8_t tail_odd[kColumnBlock] = {};
  std::memcpy(tail_even, even + x, width - x);
  std::memcpy(tail_odd, odd + x, width - x);
  hn::StoreInterleaved2(hn::Load(d, tail_even), hn::Load(d, tail_odd), d, row_pair + 2 * x);
}

// One pair of weights in every pair of lanes.
HWY_INLINE auto BroadcastPair(const std::int16_t* weights) {
  std::int32_t pair;
  std::memcpy(&pair, weights, sizeof(pair));
  return hn::BitCast(Lanes16(), hn::Set(Lanes32(), pair));
}

// Adds the products of sample pairs and one weight pair. The sums of a pair's two products are
// spread over `sum0` and `sum1` in an order that depends on the target.
template <class V16, class V32>
HWY_INLINE void MultiplyAdd(V16 samples, V16 weights, V32& sum0, V32& sum1) {
  sum0 = hn::ReorderWidenMulAccumulate(Lanes32(), samples, weights, sum0, sum1);
}

void FilterRows(const RowFilter& filter, std::size_t columns, std::int16_t* HWY_RESTRICT row) {
  const Lanes32 d32;
  const Lanes16 d16;
  const hn::Rebind<std::uint8_t, Lanes16> d8;
  const hn::Rebind<std::int16_t, Lanes32> d_out;
  const std::size_t lanes = hn::Lanes(d32);
  const int drop = filter.shift - kIntermediateBits;
  const auto load = [&](const std::uint8_t* from)
                        HWY_ATTR { return hn::PromoteTo(d16, hn::Load(d8, from)); };
  const auto store = [&](auto sum0, auto sum1, std::int16_t* to) HWY_ATTR {
    const auto sum = hn::RearrangeToOddPlusEven(sum0, sum1);
    hn::Store(hn::DemoteTo(d_out, hn::ShiftRightSame(sum, drop)), d_out, to);
  };

  // Four vectors at a time share one look at the weights.
  for (std::size_t x = 0; x < columns; x += 4 * lanes) {
    auto a0 = hn::Zero(d32), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
    for (std::size_t pair = 0; pair < filter.pairs; ++pair) {
      const auto weight_pair = BroadcastPair(filter.weights + 2 * pair);
      const std::uint8_t* from = filter.row_pairs[pair] + 2 * x;
      MultiplyAdd(load(from), weight_pair, a0, a1);
      MultiplyAdd(load(from + 2 * lanes), weight_pair, b0, b1);
      MultiplyAdd(load(from + 4 * lanes), weight_pair, c0, c1);
      MultiplyAdd(load(from + 6 * lanes), weight_pair, d0, d1);
    }
    store(a0, a1, row + x);
    store(b0, b1, row + x + lanes);
    store(c0, c1, row + x + 2 * lanes);
    store(d0, d1, row + x + 3 * lanes);
  }
}

void TransposeBatch(const std::int16_t* HWY_RESTRICT rows, std::size_t stride, std::size_t columns,
                    std::int16_t* HWY_RESTRICT column_pairs) {
  // Blocks of four rows by four column pairs, a pair being one 32-bit lane.
  const hn::FixedTag<std::int16_t, 8> d16;
  const hn::FixedTag<std::int32_t, 4> d32;
  const hn::FixedTag<std::int64_t, 2> d64;
  const auto store = [&](auto four_rows, std::int16_t* to)
                         HWY_ATTR { hn::Store(hn::BitCast(d16, four_rows), d16, to); };
  for (std::size_t x = 0; x < columns; x += 8) {
    std::int16_t* to = column_pairs + x * kBatchRows;
    for (std::size_t y = 0; y < kBatchRows; y += 4) {
      const std::int16_t* from = rows + y * stride + x;
      const auto r0 = hn::BitCast(d32, hn::Load(d16, from));
      const auto r1 = hn::BitCast(d32, hn::Load(d16, from + stride));
      const auto r2 = hn::BitCast(d32, hn::Load(d16, from + 2 * stride));
      const auto r3 = hn::BitCast(d32, hn::Load(d16, from + 3 * stride));
      const auto low01 = hn::BitCast(d64, hn::InterleaveLower(d32, r0, r1));
      const auto low23 = hn::BitCast(d64, hn::InterleaveLower(d32, r2, r3));
      const auto high01 = hn::BitCast(d64, hn::InterleaveUpper(d32, r0, r1));
      const auto high23 = hn::BitCast(d64, hn::InterleaveUpper(d32, r2, r3));
      store(hn::InterleaveLower(d64, low01, low23), to + 2 * y);
      store(hn::InterleaveUpper(d64, low01, low23), to + 2 * y + 2 * kBatchRows);
      store(hn::InterleaveLower(d64, high01, high23), to + 2 * y + 4 * kBatchRows);
      store(hn::InterleaveUpper(d64, high01, high23), to + 2 * y + 6 * kBatchRows);
    }
  }
}

// One output column of kBatchRows rows.
HWY_INLINE void FilterColumn(const std::int16_t* HWY_RESTRICT column_pairs,
                             const std::int16_t* HWY_RESTRICT weights, std::size_t pairs, int shift,
                             std::uint8_t* HWY_RESTRICT column) {
  const Lanes32 d32;
  const Lanes16 d16;
  const hn::Rebind<std::uint8_t, Lanes32> d_out;
  const int drop = shift + kIntermediateBits;
  // Half an output step, and the half of an intermediate step that FilterRows cut off on average.
  const auto rounding = hn::Set(d32, (1 << (drop - 1)) + (1 << (shift - 1)));
  for (std::size_t y = 0; y < kBatchRows; y += hn::Lanes(d32)) {
    auto sum0 = hn::Zero(d32), sum1 = sum0;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
      const auto weight_pair = BroadcastPair(weights + 2 * pair);
      const std::int16_t* from = column_pairs + 2 * (pair * kBatchRows + y);
      MultiplyAdd(hn::Load(d16, from), weight_pair, sum0, sum1);
    }
    const auto sum = hn::Add(hn::RearrangeToOddPlusEven(sum0, sum1), rounding);
    hn::Store(hn::DemoteTo(d_out, hn::ShiftRightSame(sum, drop)), d_out, column + y);
  }
}

void FilterColumns(const ColumnFilter& filter, const std::int16_t* column_pairs,
                   MutablePlaneView out) {
  HWY_ALIGN std::uint8_t tile[kBatchRows * kBatchRows] = {};
  HWY_ALIGN std::uint8_t scratch[kBatchRows * kBatchRows];
  const auto width = static_cast<std::size_t>(out.width);
  for (std::size_t x = 0; x < width; x += kBatchRows) {
    const std::size_t count = std::min(kBatchRows, width - x);
    for (std::size_t i = 0; i < count; ++i) {
      const auto first = static_cast<std::size_t>(filter.first_pair[x + i]);
      FilterColumn(column_pairs + 2 * kBatchRows * first,
                   filter.weights + 2 * (x + i) * filter.pairs, filter.pairs, filter.shift,
                   tile + i * kBatchRows);
    }
    TransposeTile(tile, scratch);
    for (int y = 0; y < out.height; ++y) {
      std::memcpy(out.data + y * out.stride + x, tile + static_cast<std::size_t>(y) * kBatchRows,
                  count);
    }
  }
}

}  // namespace

Passes MakePasses() { return {&InterleaveRows, &FilterRows, &TransposeBatch, &FilterColumns}; }

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakePasses);

Passes PassesForThisCpu() { return HWY_DYNAMIC_DISPATCH(MakePasses)(); }

}  // namespace thimble
#endif
