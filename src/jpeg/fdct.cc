#include "jpeg/fdct.h"

#include <bit>

#include "jpeg/zigzag.h"

#define HWY_BROKEN_EMU128 0  // see resample/passes.cc
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/fdct.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

#include "jpeg/dct-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

constexpr std::size_t kMaxBlocks = kMaxLanes / kRow;  // in a vector
static_assert(kBlockGroup % kMaxBlocks == 0);

// One pass: eight rows in, eight out. The first leaves its results scaled by kFirstPassBits, which
// the second takes away.
template <bool kFirst>
THIMBLE_DCT_INLINE void Pass(V16* rows) {
  constexpr int kShift = kFirst ? kConstantBits - kFirstPassBits : kConstantBits + kFirstPassBits;
  const V16 sum07 = hn::Add(rows[0], rows[7]);
  const V16 sum16 = hn::Add(rows[1], rows[6]);
  const V16 sum25 = hn::Add(rows[2], rows[5]);
  const V16 sum34 = hn::Add(rows[3], rows[4]);
  const V16 odd7 = hn::Sub(rows[0], rows[7]);
  const V16 odd6 = hn::Sub(rows[1], rows[6]);
  const V16 odd5 = hn::Sub(rows[2], rows[5]);
  const V16 odd4 = hn::Sub(rows[3], rows[4]);

  const V16 even0 = hn::Add(sum07, sum34);
  const V16 even1 = hn::Add(sum16, sum25);
  const V16 even2 = hn::Sub(sum16, sum25);
  const V16 even3 = hn::Sub(sum07, sum34);
  if constexpr (kFirst) {
    rows[0] = hn::ShiftLeft<kFirstPassBits>(hn::Add(even0, even1));
    rows[4] = hn::ShiftLeft<kFirstPassBits>(hn::Sub(even0, even1));
  } else {
    const V16 half = hn::Set(D16(), 1 << (kFirstPassBits - 1));
    rows[0] = hn::ShiftRight<kFirstPassBits>(hn::Add(hn::Add(even0, even1), half));
    rows[4] = hn::ShiftRight<kFirstPassBits>(hn::Add(hn::Sub(even0, even1), half));
  }
  rows[2] = Descale<kShift>(
      Combine(even3, even2, Fixed(0.541196100) + Fixed(0.765366865), Fixed(0.541196100)));
  rows[6] = Descale<kShift>(
      Combine(even3, even2, Fixed(0.541196100), Fixed(0.541196100) - Fixed(1.847759065)));

  const V16 sum46 = hn::Add(odd4, odd6);
  const V16 sum57 = hn::Add(odd5, odd7);
  const Wide z3 =
      Combine(sum46, sum57, Fixed(1.175875602) - Fixed(1.961570560), Fixed(1.175875602));
  const Wide z4 =
      Combine(sum46, sum57, Fixed(1.175875602), Fixed(1.175875602) - Fixed(0.390180644));
  rows[7] = Descale<kShift>(
      Combine(odd4, odd7, Fixed(0.298631336) - Fixed(0.899976223), -Fixed(0.899976223)) + z3);
  rows[5] = Descale<kShift>(
      Combine(odd5, odd6, Fixed(2.053119869) - Fixed(2.562915447), -Fixed(2.562915447)) + z4);
  rows[3] = Descale<kShift>(
      Combine(odd6, odd5, Fixed(3.072711026) - Fixed(2.562915447), -Fixed(2.562915447)) + z3);
  rows[1] = Descale<kShift>(
      Combine(odd7, odd4, Fixed(1.501321110) - Fixed(0.899976223), -Fixed(0.899976223)) + z4);
}

THIMBLE_DCT_INLINE V16 LoadSamples(const std::uint8_t* samples) {
  const hn::Rebind<std::uint8_t, D16> d8;
  const V16 wide = hn::PromoteTo(D16(), hn::LoadU(d8, samples));
  return hn::Sub(wide, hn::Set(D16(), 128));
}

// Half a row of blocks: as many 32-bit lanes as a vector has.
THIMBLE_DCT_INLINE V32 QuantizeWide(V32 value, const float* reciprocal, const float* half) {
  const hn::RebindToFloat<D32> df;
  const auto magnitude = hn::Add(hn::ConvertTo(df, hn::Abs(value)), hn::LoadDup128(df, half));
  const V32 steps = hn::ConvertTo(D32(), hn::Mul(magnitude, hn::LoadDup128(df, reciprocal)));
  return hn::IfThenElse(hn::Lt(value, hn::Zero(D32())), hn::Neg(steps), steps);
}

THIMBLE_DCT_INLINE V16 Quantize(V16 row, const Quantizer& quantizer, std::size_t first) {
  const Wide wide = Widen<0>(row);
  const V32 low =
      QuantizeWide(wide.low, quantizer.reciprocal.data() + first, quantizer.half.data() + first);
  const V32 high = QuantizeWide(wide.high, quantizer.reciprocal.data() + first + kRow / 2,
                                quantizer.half.data() + first + kRow / 2);
  return hn::ReorderDemote2To(D16(), low, high);
}

// [place in the block, row by row] -> zigzag position.
constexpr std::array<std::uint8_t, 64> kPosition = [] {
  std::array<std::uint8_t, 64> positions{};
  for (std::size_t i = 0; i < kZigzag.size(); ++i) {
    positions[kZigzag[i]] = static_cast<std::uint8_t>(i);
  }
  return positions;
}();

// The quantized rows of as many blocks as a vector takes, and which of their values are not 0: a
// byte for each row of each block.
struct QuantizedRows {
  HWY_ALIGN std::int16_t values[kRow][kMaxLanes];
  std::uint8_t nonzero[kRow][8];  // as many as StoreMaskBits may write
};

// Few of a block's values are not 0: only those are brought into order.
THIMBLE_DCT_INLINE void StoreInZigzagOrder(const QuantizedRows& rows, std::size_t index,
                                           QuantizedBlock& block) {
  std::uint64_t left = 0;
  for (std::size_t y = 0; y < kRow; ++y) {
    left |= std::uint64_t{rows.nonzero[y][index]} << (y * kRow);
  }
  block.nonzero = 0;
  block.values[0] = rows.values[0][index * kRow];
  for (; left != 0; left &= left - 1) {
    const auto place = static_cast<std::size_t>(std::countr_zero(left));
    const std::size_t position = kPosition[place];
    block.values[position] = rows.values[place / kRow][index * kRow + place % kRow];
    block.nonzero |= std::uint64_t{1} << position;
  }
}

// As many blocks as a vector takes.
THIMBLE_DCT_INLINE void TransformVector(const std::uint8_t* samples, std::ptrdiff_t stride,
                                        const Quantizer& quantizer, QuantizedBlock* blocks) {
  V16 rows[kRow];
  for (std::size_t y = 0; y < kRow; ++y) {
    rows[y] = LoadSamples(samples + static_cast<std::ptrdiff_t>(y) * stride);
  }
  Transpose(rows);
  Pass<true>(rows);
  Transpose(rows);
  Pass<false>(rows);

  QuantizedRows quantized;
  for (std::size_t y = 0; y < kRow; ++y) {
    const V16 row = Quantize(rows[y], quantizer, y * kRow);
    hn::Store(row, D16(), quantized.values[y]);
    hn::StoreMaskBits(D16(), hn::Ne(row, hn::Zero(D16())), quantized.nonzero[y]);
  }
  for (std::size_t block = 0; block < hn::Lanes(D16()) / kRow; ++block) {
    StoreInZigzagOrder(quantized, block, blocks[block]);
  }
}

void Transform(const std::uint8_t* samples, std::ptrdiff_t stride, const Quantizer& quantizer,
               std::span<QuantizedBlock> blocks) {
  const std::size_t step = hn::Lanes(D16()) / kRow;
  for (std::size_t block = 0; block < blocks.size(); block += step) {
    TransformVector(samples + block * kRow, stride, quantizer, &blocks[block]);
  }
}

}  // namespace

FdctFunction MakeFdct() { return &Transform; }

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakeFdct);

FdctFunction FdctForThisCpu() { return HWY_DYNAMIC_DISPATCH(MakeFdct)(); }

// Adding half a unit more than half a step keeps multiples of a step from being cut off by the
// reciprocal's rounding; there is no value between.
Quantizer::Quantizer(const std::array<std::uint8_t, 64>& steps, Rounding rounding) {
  constexpr float kThriftyHalf = 0.475F;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto step = static_cast<float>(8 * steps[i]);
    reciprocal[i] = 1.0F / step;
    half[i] = step * (rounding == Rounding::kThrifty && i > 0 ? kThriftyHalf : 0.5F) + 0.5F;
  }
}

}  // namespace thimble
#endif
