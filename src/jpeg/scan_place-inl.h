// Stepping through a scan, for each SIMD target. There are no vectors in it: what targets differ in
// is BMI2, whose shifts need no fixed register.
#if defined(THIMBLE_JPEG_SCAN_PLACE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef THIMBLE_JPEG_SCAN_PLACE_INL_H
#undef THIMBLE_JPEG_SCAN_PLACE_INL_H
#else
#define THIMBLE_JPEG_SCAN_PLACE_INL_H
#endif

#include <hwy/highway.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "jpeg/scan_place.h"

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

// 57 bits or more from `bit` on, left-aligned.
HWY_INLINE std::uint64_t BitsAt(const std::uint8_t* bits, std::uint64_t bit) {
  std::uint64_t word;
  std::memcpy(&word, bits + (bit >> 3), sizeof(word));
  if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
  return word << (bit & 7);
}

// So many bytes on; none when the mask is 0. Counting in objects would cost a multiplication.
template <class T>
HWY_INLINE T* Advance(T* from, std::int64_t step_bytes, std::int64_t mask) {
  using Byte = std::conditional_t<std::is_const_v<T>, const std::byte, std::byte>;
  return reinterpret_cast<T*>(reinterpret_cast<Byte*>(from) + (step_bytes & mask));
}

// Behind a step that has moved `place.word`: goes to the next block where this one has ended.
template <class Place>
HWY_INLINE void EndStep(Place& place) {
  // All ones inside a block, zeros at its end, where the next code is the next block's DC code.
  // Masks instead of conditions, lest the compiler make a branch of them.
  const std::int64_t inside = (static_cast<std::int64_t>(place.word) - kBlockEndWord) >> 63;
  place.word &= static_cast<std::uint64_t>(inside) | kBitMask;
  // Not by way of the entry that comes next: it would be known later, and all waits for this.
  place.table = Advance(place.entry->next_start, place.entry->bytes_to_rest, inside);
  place.entry = Advance(place.entry, place.entry->bytes_to_next, ~inside);
  place.block = Advance(place.block, sizeof(typename Place::Block), ~inside);
}

// `steps`, from each place in turns, of the kind that Steps::Take takes.
template <class Steps, std::size_t kPlaces, class Place>
HWY_INLINE void StepThrough(const std::uint8_t* bits, Place* places, int steps) {
  std::array<Place, kPlaces> place;  // copies, to stay in registers
  for (std::size_t i = 0; i < kPlaces; ++i) place[i] = places[i];
  for (int done = 0; done < steps; done += Steps::kStepsARefill) {
    std::array<std::uint64_t, kPlaces> next_bits;
    for (std::size_t i = 0; i < kPlaces; ++i) next_bits[i] = BitsAt(bits, place[i].bit());
    for (int step = 0; step < Steps::kStepsARefill; ++step) {
      for (std::size_t i = 0; i < kPlaces; ++i) Steps::Take(bits, place[i], next_bits[i]);
    }
  }
  for (std::size_t i = 0; i < kPlaces; ++i) places[i] = place[i];
}

}  // namespace
}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
