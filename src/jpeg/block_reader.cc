#include "jpeg/block_reader.h"

#include <bit>
#include <cstring>
#include <type_traits>

#include "jpeg/zigzag.h"

#define HWY_BROKEN_EMU128 0  // see resample/passes.cc
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/block_reader.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

// No vectors here: what targets differ in is BMI2, whose shifts need no fixed register.
HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

// Where a coefficient lies in its block, by the position behind it. An end-of-block code, which
// comes with the value 0, stores it at the last place, which no code has filled then.
constexpr std::array<std::uint8_t, 256> kPlaceBefore = [] {
  std::array<std::uint8_t, 256> places{};
  places.fill(63);
  for (std::size_t i = 0; i < kZigzag.size(); ++i) places[i + 1] = kZigzag[i];
  return places;
}();

// 57 bits or more from `bit` on, left-aligned.
HWY_INLINE std::uint64_t BitsAt(const std::uint8_t* bits, std::uint64_t bit) {
  std::uint64_t word;
  std::memcpy(&word, bits + (bit >> 3), sizeof(word));
  if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
  return word << (bit & 7);
}

// The value behind a code: its bits where the first is 1, else less all ones (annex F.2.2.1), which
// is the complement of their complement.
HWY_INLINE std::int16_t ValueOf(HuffmanStep step, std::uint64_t bits) {
  const std::uint64_t behind_code = bits << step.code_bits();
  const auto complement = ~static_cast<std::uint64_t>(static_cast<std::int64_t>(behind_code) >> 63);
  // In two shifts, since there may be no bits to keep.
  const std::uint64_t magnitude = ((behind_code ^ complement) >> 1) >> step.value_shift();
  return static_cast<std::int16_t>((magnitude ^ complement) - complement);
}

HWY_NOINLINE HuffmanStep FindLongCode(const HuffmanTable& table, std::uint64_t bits) {
  return table.FindLongCode(bits);
}

// So many bytes on; none when the mask is 0. Counting in objects would cost a multiplication.
template <class T>
HWY_INLINE T* Advance(T* from, std::int64_t step_bytes, std::int64_t mask) {
  using Byte = std::conditional_t<std::is_const_v<T>, const std::byte, std::byte>;
  return reinterpret_cast<T*>(reinterpret_cast<Byte*>(from) + (step_bytes & mask));
}

HWY_INLINE void TakeStep(ReadingPlace& place, std::uint64_t& bits) {
  HuffmanStep step = place.table->Find(bits);
  if (HWY_UNLIKELY(step.is_longer_code())) step = FindLongCode(*place.table, bits);
  place.position += step.advance();
  place.bit += step.total_bits();
  CoefficientBlock& block = *place.block;
  block.values[kPlaceBefore[static_cast<std::size_t>(place.position)]] = ValueOf(step, bits);
  block.end_bit = static_cast<std::uint32_t>(place.bit);
  block.end_position = static_cast<std::uint32_t>(place.position);
  bits <<= step.total_bits() & 63;

  // All ones inside a block, zeros at its end, where the next code is the next block's DC code.
  // Masks instead of conditions, lest the compiler make a branch of them.
  const std::int64_t inside = (place.position - kBlockEnd) >> 63;
  place.position &= inside;
  // Not by way of the tables that come next: they would be known later, and all waits for this.
  place.table = Advance(place.tables->next_dc, place.tables->bytes_to_ac, inside);
  place.tables = Advance(place.tables, place.tables->bytes_to_next, ~inside);
  place.block = Advance(place.block, sizeof(CoefficientBlock), ~inside);
}

// Two steps need at most 2 * 26 bits: values of 8-bit pictures have at most 11 bits, codes 16.
constexpr int kStepsARefill = 2;

template <std::size_t kPlaces>
HWY_INLINE void Read(const std::uint8_t* bits, ReadingPlace* places, int steps) {
  std::array<ReadingPlace, kPlaces> place;  // copies, to stay in registers
  for (std::size_t i = 0; i < kPlaces; ++i) place[i] = places[i];
  for (int done = 0; done < steps; done += kStepsARefill) {
    std::array<std::uint64_t, kPlaces> next_bits;
    for (std::size_t i = 0; i < kPlaces; ++i) next_bits[i] = BitsAt(bits, place[i].bit);
    for (int step = 0; step < kStepsARefill; ++step) {
      for (std::size_t i = 0; i < kPlaces; ++i) TakeStep(place[i], next_bits[i]);
    }
  }
  for (std::size_t i = 0; i < kPlaces; ++i) places[i] = place[i];
}

void ReadOne(const std::uint8_t* bits, ReadingPlace& place, int steps) {
  Read<1>(bits, &place, steps);
}

void ReadTwo(const std::uint8_t* bits, std::array<ReadingPlace, 2>& places, int steps) {
  Read<2>(bits, places.data(), steps);
}

}  // namespace

BlockReader MakeBlockReader() { return {&ReadOne, &ReadTwo}; }

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakeBlockReader);

BlockReader BlockReaderForThisCpu() { return HWY_DYNAMIC_DISPATCH(MakeBlockReader)(); }

}  // namespace thimble
#endif
