#include "jpeg/block_reader.h"

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

using Place = BlockReader::Place;

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

HWY_NOINLINE Step FindSingle(const StepTable& table, std::uint64_t bits) {
  return table.FindSingle(bits);
}

struct Steps {
  static constexpr int kStepsARefill = BlockReader::kStepsARefill;
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
    CoefficientBlock& block = *place.block;
    // Where there is only one coefficient, it comes to the last one's place, and must stay there.
    block.values[kPlaceBefore[word >> kPositionShift]] = step.last_value();
    block.values[kPlaceBefore[first_position]] = first_value;
    block.end = BlockEnd(static_cast<std::uint32_t>(word));
    EndStep(place);
  }
};

void ReadOne(const std::uint8_t* bits, Place& place, int steps) {
  StepThrough<Steps, 1>(bits, &place, steps);
}

void ReadInTurns(const std::uint8_t* bits, std::array<Place, BlockReader::kPlaces>& places,
                 int steps) {
  StepThrough<Steps, BlockReader::kPlaces>(bits, places.data(), steps);
}

}  // namespace

BlockReader MakeBlockReader() { return {&ReadOne, &ReadInTurns}; }

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakeBlockReader);

BlockReader BlockReaderForThisCpu() { return HWY_DYNAMIC_DISPATCH(MakeBlockReader)(); }

}  // namespace thimble
#endif
