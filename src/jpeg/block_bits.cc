#include "jpeg/block_bits.h"

#include <cstddef>

#include "jpeg/zigzag.h"

#define HWY_BROKEN_EMU128 0  // see resample/passes.cc
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/block_bits.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kCoefficients = 64;

#if HWY_TARGET == HWY_SCALAR

void AddToBlock(const BlockBits& block, std::int16_t* coefficients) {
  for (std::size_t position = 1; position < kCoefficients; ++position) {
    const CoefficientSet bit = CoefficientAt(static_cast<int>(position));
    std::int32_t magnitude = 0;
    for (std::size_t i = 0; i < block.refined.size(); ++i) {
      if ((block.refined[i] & bit) != 0) magnitude += 1 << i;
    }
    std::int16_t& coefficient = coefficients[kZigzag[position]];
    const bool is_negative = coefficient < 0 || (block.negative & bit) != 0;
    coefficient = static_cast<std::int16_t>(coefficient + (is_negative ? -magnitude : magnitude));
  }
}

#else

const hn::CappedTag<std::int16_t, kCoefficients> kDi16;
const hn::Repartition<std::uint8_t, decltype(kDi16)> kDu8;
const hn::Repartition<std::uint64_t, decltype(kDi16)> kDu64;
using VI16 = hn::Vec<decltype(kDi16)>;
using VU8 = hn::Vec<decltype(kDu8)>;

// Where the bit of each coefficient is, in row-by-row order: the byte of the set, and the bit in
// that byte. A coefficient has 16 bits, so that each byte comes twice.
struct BitPlaces {
  alignas(64) std::array<std::uint8_t, 2 * kCoefficients> bytes;
  alignas(64) std::array<std::int16_t, kCoefficients> bits;
};

constexpr BitPlaces kBitPlaces = [] {
  BitPlaces places{};
  for (std::size_t position = 0; position < kCoefficients; ++position) {
    const std::size_t bit = kCoefficients - 1 - position;
    const std::size_t at = kZigzag[position];
    places.bytes[2 * at] = static_cast<std::uint8_t>(bit / 8);
    places.bytes[2 * at + 1] = static_cast<std::uint8_t>(bit / 8);
    places.bits[at] = static_cast<std::int16_t>(1 << bit % 8);
  }
  return places;
}();

HWY_INLINE VU8 Broadcast(CoefficientSet set) { return hn::BitCast(kDu8, hn::Set(kDu64, set)); }

// `value` in the lanes of the set's coefficients, else zero.
HWY_INLINE VI16 Spread(VU8 set, VU8 bytes, VI16 bits, std::int16_t value) {
  const VI16 with_bit = hn::BitCast(kDi16, hn::TableLookupBytes(set, bytes));
  return hn::IfThenElseZero(hn::TestBit(with_bit, bits), hn::Set(kDi16, value));
}

HWY_INLINE void AddToBlock(const BlockBits& block, std::int16_t* coefficients) {
  static_assert(kRefinedBits == 3);
  const VU8 negative = Broadcast(block.negative);
  const VU8 ones = Broadcast(block.refined[0]);
  const VU8 twos = Broadcast(block.refined[1]);
  const VU8 fours = Broadcast(block.refined[2]);
  for (std::size_t i = 0; i < kCoefficients; i += hn::Lanes(kDi16)) {
    const VU8 bytes = hn::Load(kDu8, kBitPlaces.bytes.data() + 2 * i);
    const VI16 bits = hn::Load(kDi16, kBitPlaces.bits.data() + i);
    const VI16 magnitude =
        hn::Or(hn::Or(Spread(ones, bytes, bits, 1), Spread(twos, bytes, bits, 2)),
               Spread(fours, bytes, bits, 4));
    const VI16 coefficient = hn::LoadU(kDi16, coefficients + i);
    // All ones where it is negative.
    const VI16 sign = hn::Or(Spread(negative, bytes, bits, -1), hn::ShiftRight<15>(coefficient));
    hn::StoreU(hn::Add(coefficient, hn::Sub(hn::Xor(magnitude, sign), sign)), kDi16,
               coefficients + i);
  }
}

#endif

void AddRefinedBits(std::span<const BlockBits> blocks, std::int16_t* coefficients) {
  for (const BlockBits& block : blocks) {
    AddToBlock(block, coefficients);
    coefficients += kCoefficients;
  }
}

}  // namespace

AddRefinedBitsFunction MakeAddRefinedBits() { return &AddRefinedBits; }

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakeAddRefinedBits);

AddRefinedBitsFunction AddRefinedBitsForThisCpu() {
  return HWY_DYNAMIC_DISPATCH(MakeAddRefinedBits)();
}

}  // namespace thimble
#endif
