// What the forward and the inverse DCT share, compiled into both once for each SIMD target: rows of
// several blocks in one vector, and libjpeg's fixed-point arithmetic on them.
#if defined(THIMBLE_JPEG_DCT_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef THIMBLE_JPEG_DCT_INL_H
#undef THIMBLE_JPEG_DCT_INL_H
#else
#define THIMBLE_JPEG_DCT_INL_H
#endif

#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

// The emulation's operations are loops over lanes: a transform inlined into one function is
// thousands of them, which takes the compiler minutes. Speed is not what the emulation is for.
#undef THIMBLE_DCT_INLINE
#if HWY_TARGET == HWY_EMU128
#define THIMBLE_DCT_INLINE inline HWY_NOINLINE
#else
#define THIMBLE_DCT_INLINE HWY_INLINE
#endif

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// A row of eight coefficients fills 128 bits. Wider vectors hold the same row of several blocks
// side by side, which works where operations stay within 128 bits each: on x86.
#if HWY_ARCH_X86
inline constexpr std::size_t kMaxLanes = 32;
#else
inline constexpr std::size_t kMaxLanes = 8;
#endif
using D16 = hn::CappedTag<std::int16_t, kMaxLanes>;
using D32 = hn::Repartition<std::int32_t, D16>;
using V16 = hn::Vec<D16>;
using V32 = hn::Vec<D32>;

inline constexpr std::size_t kRow = 8;  // coefficients
inline constexpr int kConstantBits = 13;
inline constexpr int kFirstPassBits = 2;

// Rounded before they are added up, as libjpeg does.
constexpr int Fixed(double constant) {
  // Positive, all of them. NOLINTNEXTLINE(bugprone-incorrect-roundings): std::lround is no constant
  return static_cast<int>(constant * (1 << kConstantBits) + 0.5);
}

// 32-bit lanes for a row of 16-bit ones: those of the first and those of the second half rows.
struct Wide {
  V32 low;
  V32 high;
};

HWY_INLINE Wide operator+(Wide a, Wide b) {
  return {hn::Add(a.low, b.low), hn::Add(a.high, b.high)};
}
HWY_INLINE Wide operator-(Wide a, Wide b) {
  return {hn::Sub(a.low, b.low), hn::Sub(a.high, b.high)};
}

// a * a_factor + b * b_factor
THIMBLE_DCT_INLINE Wide Combine(V16 a, V16 b, int a_factor, int b_factor) {
  const D16 d16;
  const D32 d32;
  const auto pair = static_cast<std::uint32_t>(static_cast<std::uint16_t>(a_factor)) |
                    static_cast<std::uint32_t>(static_cast<std::uint16_t>(b_factor)) << 16;
  const V16 factors = hn::BitCast(d16, hn::Set(d32, static_cast<std::int32_t>(pair)));
  const auto sum = [&](V16 pairs) HWY_ATTR {
    V32 other = hn::Zero(d32);
    const V32 one = hn::ReorderWidenMulAccumulate(d32, pairs, factors, hn::Zero(d32), other);
    return hn::RearrangeToOddPlusEven(one, other);
  };
  return {sum(hn::InterleaveLower(d16, a, b)), sum(hn::InterleaveUpper(d16, a, b))};
}

// a << bits
template <int kBits>
THIMBLE_DCT_INLINE Wide Widen(V16 a) {
  const D16 d16;
  const D32 d32;
  const V16 zero = hn::Zero(d16);
  return {hn::ShiftRight<16 - kBits>(hn::BitCast(d32, hn::InterleaveLower(d16, zero, a))),
          hn::ShiftRight<16 - kBits>(hn::BitCast(d32, hn::InterleaveUpper(d16, zero, a)))};
}

template <int kBits>
THIMBLE_DCT_INLINE V16 Descale(Wide a) {
  const V32 half = hn::Set(D32(), 1 << (kBits - 1));
  return hn::ReorderDemote2To(D16(), hn::ShiftRight<kBits>(hn::Add(a.low, half)),
                              hn::ShiftRight<kBits>(hn::Add(a.high, half)));
}

template <class Lanes>
THIMBLE_DCT_INLINE V16 Interleave(V16 a, V16 b, bool upper) {
  const hn::Repartition<Lanes, D16> d;
  const auto x = hn::BitCast(d, a);
  const auto y = hn::BitCast(d, b);
  return hn::BitCast(D16(), upper ? hn::InterleaveUpper(d, x, y) : hn::InterleaveLower(d, x, y));
}

// Of each 8x8 block: rows become columns.
THIMBLE_DCT_INLINE void Transpose(V16* rows) {
  V16 a[8];
  V16 b[8];
  for (std::size_t i = 0; i < 4; ++i) {
    a[2 * i] = Interleave<std::int16_t>(rows[2 * i], rows[2 * i + 1], false);
    a[2 * i + 1] = Interleave<std::int16_t>(rows[2 * i], rows[2 * i + 1], true);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t half = 0; half < 2; ++half) {
      b[4 * i + 2 * half] = Interleave<std::int32_t>(a[4 * i + half], a[4 * i + half + 2], false);
      b[4 * i + 2 * half + 1] =
          Interleave<std::int32_t>(a[4 * i + half], a[4 * i + half + 2], true);
    }
  }
  for (std::size_t i = 0; i < 4; ++i) {
    rows[2 * i] = Interleave<std::int64_t>(b[i], b[i + 4], false);
    rows[2 * i + 1] = Interleave<std::int64_t>(b[i], b[i + 4], true);
  }
}

}  // namespace
}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
