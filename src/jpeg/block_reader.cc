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

// Where a coefficient lies in its block, by the position behind it. A lone end-of-block code, which
// comes with the value 0, stores it at the last place, which no code has filled then.
constexpr std::array<std::uint8_t, 320> kPlaceBefore = [] {
  std::array<std::uint8_t, 320> places{};
  places.fill(63);
  for (std::size_t i = 0; i < kZigzag.size(); ++i) {
    places[i + 1] = kZigzag[i];
    places[kJoinedEndAdvance + i + 1] = kZigzag[i];
  }
  return places;
}();

// 57 bits or more from `bit` on, left-aligned.
HWY_INLINE std::uint64_t BitsAt(const std::uint8_t* bits, std::uint64_t bit) {
  std::uint64_t word;
  std::memcpy(&word, bits + (bit >> 3), sizeof(word));
  if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
  return word << (bit & 7);
}

HWY_NOINLINE Step FindSingle(const StepTable& table, std::uint64_t bits) {
  return table.FindSingle(bits);
}

// So many bytes on; none when the mask is 0. Counting in objects would cost a multiplication.
template <class T>
HWY_INLINE T* Advance(T* from, std::int64_t step_bytes, std::int64_t mask) {
  using Byte = std::conditional_t<std::is_const_v<T>, const std::byte, std::byte>;
  return reinterpret_cast<T*>(reinterpret_cast<Byte*>(from) + (step_bytes & mask));
}

HWY_INLINE void TakeStep(const std::uint8_t* bits, ReadingPlace& place, std::uint64_t& next_bits) {
  const Step& step = place.table->Find(next_bits);
  const std::uint64_t position = place.word >> kPositionShift;
  std::uint64_t first_position = position + step.first_advance();
  std::int16_t first_value = step.FirstValueIn(next_bits);
  std::uint64_t word = place.word + step.move();
  if (HWY_UNLIKELY((word & kTooFar) != 0)) {
    next_bits = BitsAt(bits, place.bit());  // may be more than are left of them
    const Step single = FindSingle(*place.table, next_bits);
    first_position = position + single.first_advance();
    first_value = single.FirstValueIn(next_bits);
    word = place.word + single.move();
    next_bits = BitsAt(bits, word & kBitMask);
  } else {
    next_bits <<= step.total_bits();
  }
  place.word = word;
  CoefficientBlock& block = *place.block;
  // Where there is only one coefficient, it comes to the last one's place, and must stay there.
  block.values[kPlaceBefore[word >> kPositionShift]] = step.last_value();
  block.values[kPlaceBefore[first_position]] = first_value;
  block.end = static_cast<std::uint32_t>(word);

  // All ones inside a block, zeros at its end, where the next code is the next block's DC code.
  // Masks instead of conditions, lest the compiler make a branch of them.
  const std::int64_t inside = (static_cast<std::int64_t>(place.word) - kBlockEndWord) >> 63;
  place.word &= static_cast<std::uint64_t>(inside) | kBitMask;
  // Not by way of the tables that come next: they would be known later, and all waits for this.
  place.table = Advance(place.tables->next_start, place.tables->bytes_to_rest, inside);
  place.tables = Advance(place.tables, place.tables->bytes_to_next, ~inside);
  place.block = Advance(place.block, sizeof(CoefficientBlock), ~inside);
}

constexpr int kStepsARefill = BlockReader::kStepsARefill;
static_assert(kStepsARefill * StepTable::kMaxBits <= 57);

template <std::size_t kPlaces>
HWY_INLINE void Read(const std::uint8_t* bits, ReadingPlace* places, int steps) {
  std::array<ReadingPlace, kPlaces> place;  // copies, to stay in registers
  for (std::size_t i = 0; i < kPlaces; ++i) place[i] = places[i];
  for (int done = 0; done < steps; done += kStepsARefill) {
    std::array<std::uint64_t, kPlaces> next_bits;
    for (std::size_t i = 0; i < kPlaces; ++i) next_bits[i] = BitsAt(bits, place[i].bit());
    for (int step = 0; step < kStepsARefill; ++step) {
      for (std::size_t i = 0; i < kPlaces; ++i) TakeStep(bits, place[i], next_bits[i]);
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
