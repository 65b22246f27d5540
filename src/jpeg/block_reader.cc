#include "jpeg/block_reader.h"

#include <algorithm>

#include "jpeg/zigzag.h"

#define HWY_BROKEN_EMU128 0  // see resample/passes.cc
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/block_reader.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

#include "jpeg/scan_place-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

// Where a coefficient lies in its block, by the position behind it. A lone end-of-block code, which
// comes with the value 0, stores it where what is not needed goes.
template <std::size_t kValues>
constexpr std::array<std::uint8_t, 320> kPlaceBefore = [] {
  std::array<std::uint8_t, 320> places{};
  places.fill(kValues);
  for (std::size_t i = 0; i < kZigzag.size(); ++i) {
    const auto place = std::min<std::uint8_t>(kZigzag[i], kValues);
    places[i + 1] = place;
    places[kJoinedEndAdvance + i + 1] = place;
  }
  return places;
}();

HWY_NOINLINE Step FindSingle(const StepTable& table, std::uint64_t bits) {
  return table.FindSingle(bits);
}

template <int kRows>
struct Reading {
  using Place = typename BlockReader<kRows>::Place;
  using Block = typename Place::Block;
  static constexpr std::size_t kPlaces = BlockReader<kRows>::kPlaces;
  static constexpr int kStepsARefill = BlockReader<kRows>::kStepsARefill;
  static_assert(kStepsARefill * StepTable::kMaxBits <= 57);

  HWY_INLINE static void Take(const std::uint8_t* bits, Place& place, std::uint64_t& next_bits) {
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
    Block& block = *place.block;
    const auto& place_before = kPlaceBefore<Block::kValues>;
    // Where there is only one coefficient, it comes to the last one's place, and must stay there.
    block.values[place_before[word >> kPositionShift]] = step.last_value();
    block.values[place_before[first_position]] = first_value;
    block.end = BlockEnd(static_cast<std::uint32_t>(word));
    EndStep(place);
  }

  static void One(const std::uint8_t* bits, Place& place, int steps) {
    StepThrough<Reading, 1>(bits, &place, steps);
  }
  static void InTurns(const std::uint8_t* bits, std::array<Place, kPlaces>& places, int steps) {
    StepThrough<Reading, kPlaces>(bits, places.data(), steps);
  }
};

}  // namespace

// HWY_EXPORT takes no templates.
BlockReader<2> MakeBlockReaderOf2() { return {&Reading<2>::One, &Reading<2>::InTurns}; }
BlockReader<4> MakeBlockReaderOf4() { return {&Reading<4>::One, &Reading<4>::InTurns}; }
BlockReader<8> MakeBlockReaderOf8() { return {&Reading<8>::One, &Reading<8>::InTurns}; }

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakeBlockReaderOf2);
HWY_EXPORT(MakeBlockReaderOf4);
HWY_EXPORT(MakeBlockReaderOf8);

template <>
BlockReader<2> BlockReaderForThisCpu<2>() {
  return HWY_DYNAMIC_DISPATCH(MakeBlockReaderOf2)();
}
template <>
BlockReader<4> BlockReaderForThisCpu<4>() {
  return HWY_DYNAMIC_DISPATCH(MakeBlockReaderOf4)();
}
template <>
BlockReader<8> BlockReaderForThisCpu<8>() {
  return HWY_DYNAMIC_DISPATCH(MakeBlockReaderOf8)();
}

}  // namespace thimble
#endif
