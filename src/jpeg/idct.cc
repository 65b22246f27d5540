#include "jpeg/idct.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <numbers>

#define HWY_BROKEN_EMU128 0  // see resample/passes.cc
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/idct.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

#include "jpeg/dct-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

// cos(quarters * pi / (2 * side)), by its series: std::cos is no constant expression.
constexpr double Cosine(int quarters, int side) {
  const double angle = quarters % (4 * side) * std::numbers::pi / (2 * side);
  double sum = 1;
  double term = 1;
  for (int i = 1; i < 40; i += 2) {
    term *= -angle * angle / (i * (i + 1));
    sum += term;
  }
  return sum;
}

// A coefficient's weight in a sample, where that of DC is 1: sqrt(2) * cos(...), in fixed point.
constexpr int Weight(int side, int frequency, int sample) {
  const double cosine = Cosine(frequency * (2 * sample + 1), side);
  return cosine < 0 ? -Fixed(-cosine * std::numbers::sqrt2) : Fixed(cosine * std::numbers::sqrt2);
}

// One pass over the rows of a block: the kSide lowest frequencies in, kSide samples out. Even
// frequencies are alike on both sides of the middle, odd ones of opposite sign.
template <int kSide, int kShift>
struct Pass {
  THIMBLE_DCT_INLINE static void Run(const V16* in, V16* out) { RunFor<0>(in, out); }

  template <int kSample>
  THIMBLE_DCT_INLINE static void RunFor(const V16* in, V16* out) {
    if constexpr (kSample < kSide / 2) {
      const Wide even = Even<kSample>(in);
      const Wide odd = Odd<kSample>(in);
      out[kSample] = Descale<kShift>(even + odd);
      out[kSide - 1 - kSample] = Descale<kShift>(even - odd);
      RunFor<kSample + 1>(in, out);
    } else if constexpr (kSide % 2 == 1) {
      out[kSample] = Descale<kShift>(Even<kSample>(in));
    }
  }
  template <int kSample>
  THIMBLE_DCT_INLINE static Wide Even(const V16* in) {
    if constexpr (kSide <= 2) return Widen<kConstantBits>(in[0]);
    const Wide low = Combine(in[0], in[2], 1 << kConstantBits, Weight(kSide, 2, kSample));
    return kSide <= 4 ? low : low + Two<4, kSample>(in);
  }
  template <int kSample>
  THIMBLE_DCT_INLINE static Wide Odd(const V16* in) {
    const Wide low = Two<1, kSample>(in);
    return kSide <= 5 ? low : low + Two<5, kSample>(in);
  }
  // A frequency and the next but one, where there is one.
  template <int kFirst, int kSample>
  THIMBLE_DCT_INLINE static Wide Two(const V16* in) {
    constexpr bool kBoth = kFirst + 2 < kSide;
    return Combine(in[kFirst], in[kBoth ? kFirst + 2 : kFirst], Weight(kSide, kFirst, kSample),
                   kBoth ? Weight(kSide, kFirst + 2, kSample) : 0);
  }
};

template <int kShift>
struct Pass<8, kShift> {
  THIMBLE_DCT_INLINE static void Run(const V16* in, V16* out) {
    const Wide even2 =
        Combine(in[2], in[6], Fixed(0.541196100), Fixed(0.541196100) - Fixed(1.847759065));
    const Wide even3 =
        Combine(in[2], in[6], Fixed(0.541196100) + Fixed(0.765366865), Fixed(0.541196100));
    const Wide even0 = Widen<kConstantBits>(hn::Add(in[0], in[4]));
    const Wide even1 = Widen<kConstantBits>(hn::Sub(in[0], in[4]));
    const V16 sum3 = hn::Add(in[7], in[3]);
    const V16 sum4 = hn::Add(in[5], in[1]);
    const Wide z3 =
        Combine(sum3, sum4, Fixed(1.175875602) - Fixed(1.961570560), Fixed(1.175875602));
    const Wide z4 =
        Combine(sum3, sum4, Fixed(1.175875602), Fixed(1.175875602) - Fixed(0.390180644));
    const Wide odd0 =
        Combine(in[7], in[1], Fixed(0.298631336) - Fixed(0.899976223), -Fixed(0.899976223)) + z3;
    const Wide odd1 =
        Combine(in[5], in[3], Fixed(2.053119869) - Fixed(2.562915447), -Fixed(2.562915447)) + z4;
    const Wide odd2 =
        Combine(in[5], in[3], -Fixed(2.562915447), Fixed(3.072711026) - Fixed(2.562915447)) + z3;
    const Wide odd3 =
        Combine(in[7], in[1], -Fixed(0.899976223), Fixed(1.501321110) - Fixed(0.899976223)) + z4;
    Butterfly(even0 + even3, odd3, out[0], out[7]);
    Butterfly(even1 + even2, odd2, out[1], out[6]);
    Butterfly(even1 - even2, odd1, out[2], out[5]);
    Butterfly(even0 - even3, odd0, out[3], out[4]);
  }
  THIMBLE_DCT_INLINE static void Butterfly(Wide even, Wide odd, V16& sum, V16& difference) {
    sum = Descale<kShift>(even + odd);
    difference = Descale<kShift>(even - odd);
  }
};

// The same row of as many blocks as a vector takes.
template <class D>
THIMBLE_DCT_INLINE hn::Vec<D> LoadRow(D d, const IdctBlock* blocks, std::size_t row) {
  constexpr std::size_t kBlocks = hn::MaxLanes(D()) / kRow;
  if constexpr (kBlocks <= 1) {
    return hn::Load(d, blocks->coefficients + row * kRow);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, LoadRow(half, blocks + kBlocks / 2, row), LoadRow(half, blocks, row));
  }
}

// Samples of two columns side by side: 16 bits hold a row's two.
THIMBLE_DCT_INLINE V16 PairSamples(V16 left, V16 right) {
  const D16 d16;
  const auto sample = [d16](V16 value) HWY_ATTR {
    const V16 centered = hn::SaturatedAdd(value, hn::Set(d16, 128));
    return hn::Min(hn::Max(centered, hn::Zero(d16)), hn::Set(d16, 255));
  };
  const bool left_is_low = std::endian::native == std::endian::little;
  const V16 low = sample(left_is_low ? left : right);
  const V16 high = sample(left_is_low ? right : left);
  return hn::Or(low, hn::ShiftLeft<8>(high));
}

// Rows of up to kSlot samples lie side by side: 2, 4 or 8.
constexpr int SlotFor(int side) { return side <= 2 ? 2 : side <= 4 ? 4 : 8; }

// Turns the second pass's columns into rows of samples: of each 128 bits, kSlot bytes are a row,
// and what follows are the rows below it.
template <int kSlot>
THIMBLE_DCT_INLINE void PackRows(const V16* columns, V16* rows) {
  if constexpr (kSlot == 2) {
    rows[0] = PairSamples(columns[0], columns[1]);
  } else {
    const V16 c01 = PairSamples(columns[0], columns[1]);
    const V16 c23 = PairSamples(columns[2], columns[3]);
    const V16 upper_left = Interleave<std::int16_t>(c01, c23, false);
    const V16 lower_left = Interleave<std::int16_t>(c01, c23, true);
    rows[0] = upper_left;
    rows[1] = lower_left;
    if constexpr (kSlot == 8) {
      const V16 c45 = PairSamples(columns[4], columns[5]);
      const V16 c67 = PairSamples(columns[6], columns[7]);
      const V16 upper_right = Interleave<std::int16_t>(c45, c67, false);
      const V16 lower_right = Interleave<std::int16_t>(c45, c67, true);
      rows[0] = Interleave<std::int32_t>(upper_left, upper_right, false);
      rows[1] = Interleave<std::int32_t>(upper_left, upper_right, true);
      rows[2] = Interleave<std::int32_t>(lower_left, lower_right, false);
      rows[3] = Interleave<std::int32_t>(lower_left, lower_right, true);
    }
  }
}

// As many blocks as fill the second pass: 8 / slot times a vector's.
template <int kSide>
THIMBLE_DCT_INLINE void TransformGroup(const IdctBlock* blocks, const V16* quantization,
                                       std::ptrdiff_t stride) {
  constexpr int kSlot = SlotFor(kSide);
  constexpr std::size_t kVectors = 8 / kSlot;  // of blocks
  const std::size_t vector_blocks = hn::Lanes(D16()) / kRow;
  V16 rows[8];
  std::fill(std::begin(rows), std::end(rows), hn::Zero(D16()));
  for (std::size_t vector = 0; vector < kVectors; ++vector) {
    V16 in[8];
    for (std::size_t row = 0; row < kSide; ++row) {
      in[row] = hn::Mul(LoadRow(D16(), blocks + vector * vector_blocks, row), quantization[row]);
    }
    Pass<kSide, kConstantBits - kFirstPassBits>::Run(in, rows + vector * kSlot);
  }
  Transpose(rows);
  V16 columns[8];
  std::fill(std::begin(columns), std::end(columns), hn::Zero(D16()));
  Pass<kSide, kConstantBits + kFirstPassBits + 3>::Run(rows, columns);

  constexpr std::size_t kOutVectors = kSlot / 2;
  V16 packed[4];
  PackRows<kSlot>(columns, packed);
  HWY_ALIGN std::uint8_t bytes[4 * 2 * kMaxLanes];
  const std::size_t vector_bytes = 2 * hn::Lanes(D16());
  for (std::size_t i = 0; i < kOutVectors; ++i) {
    hn::Store(packed[i], D16(), reinterpret_cast<std::int16_t*>(bytes + i * vector_bytes));
  }
  constexpr std::size_t kRowsAPart = 16 / kSlot;  // of 128 bits
  for (std::size_t i = 0; i < kVectors * vector_blocks; ++i) {
    const std::size_t vector = i / vector_blocks;
    const std::size_t in_vector = i % vector_blocks;
    for (std::size_t y = 0; y < kSide; ++y) {
      const std::size_t row = vector * kSlot + y;
      // All of the slot: one store. What is too much goes to where the next block will.
      std::memcpy(
          blocks[i].samples + static_cast<std::ptrdiff_t>(y) * stride,
          bytes + row / kRowsAPart * vector_bytes + in_vector * 16 + row % kRowsAPart * kSlot,
          kSlot);
    }
  }
}

template <int kSide>
void Transform(std::span<const IdctBlock> blocks, const QuantizationTable& quantization,
               std::ptrdiff_t stride) {
  V16 factors[8];
  for (std::size_t row = 0; row < kRow; ++row) {
    factors[row] = hn::LoadDup128(D16(), quantization.data() + row * kRow);
  }
  constexpr std::size_t kVectors = 8 / SlotFor(kSide);
  constexpr std::size_t kMaxGroup = kVectors * (kMaxLanes / kRow);
  const std::size_t group = kVectors * (hn::Lanes(D16()) / kRow);
  for (; blocks.size() >= group; blocks = blocks.subspan(group)) {
    TransformGroup<kSide>(blocks.data(), factors, stride);
  }
  if (blocks.empty()) return;
  std::array<IdctBlock, kMaxGroup> last;  // filled up with the last one, which comes out again
  std::fill(std::copy(blocks.begin(), blocks.end(), last.begin()), last.end(), blocks.back());
  TransformGroup<kSide>(last.data(), factors, stride);
}

}  // namespace

IdctFunction IdctOfSide(int side) {
  switch (side) {
    case 8: return &Transform<8>;
    case 7: return &Transform<7>;
    case 6: return &Transform<6>;
    case 5: return &Transform<5>;
    case 4: return &Transform<4>;
    case 3: return &Transform<3>;
    default: return &Transform<2>;
  }
}

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(IdctOfSide);

IdctFunction IdctForThisCpu(int side) { return HWY_DYNAMIC_DISPATCH(IdctOfSide)(side); }

}  // namespace thimble
#endif
