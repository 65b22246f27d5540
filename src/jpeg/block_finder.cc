#include "jpeg/block_finder.h"

#define HWY_BROKEN_EMU128 0  // see resample/passes.cc
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "jpeg/block_finder.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

#include "jpeg/scan_place-inl.h"

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

using Place = BlockFinder::Place;

HWY_NOINLINE FinderStep FindSingle(const FinderTable& table, std::uint64_t bits) {
  return table.FindSingle(bits);
}

HWY_NOINLINE std::int16_t SingleValue(const StepTable& table, std::uint64_t bits) {
  return table.FindSingle(bits).FirstValueIn(bits);
}

struct Steps {
  static constexpr int kStepsARefill = BlockFinder::kStepsARefill;
  static_assert(kStepsARefill * FinderTable::kMaxBits <= 57);

  HWY_INLINE static void Take(const std::uint8_t* bits, Place& place, std::uint64_t& next_bits) {
    const FinderStep step = place.table->Find(next_bits);
    std::uint64_t word = place.word + step;
    if (HWY_UNLIKELY((word & kTooFar) != 0)) {
      // There may be more of them than are left.
      word = place.word + FindSingle(*place.table, BitsAt(bits, place.bit()));
      next_bits = BitsAt(bits, word & kBitMask);
    } else {
      next_bits <<= step & 63;  // as the CPU's shifts take it
    }
    place.word = word;
    *place.block = BlockEnd(static_cast<std::uint32_t>(word));
    EndStep(place);
  }
};

void FindOne(const std::uint8_t* bits, Place& place, int steps) {
  StepThrough<Steps, 1>(bits, &place, steps);
}

void FindInTurns(const std::uint8_t* bits, std::array<Place, BlockFinder::kPlaces>& places,
                 int steps) {
  StepThrough<Steps, BlockFinder::kPlaces>(bits, places.data(), steps);
}

void ReadDc(const std::uint8_t* bits, std::size_t bit, std::span<const BlockEnd> ends,
            std::span<const StepTable* const> dc_of_mcu, std::int16_t* dc) {
  for (std::size_t mcu = 0; mcu < ends.size(); mcu += dc_of_mcu.size()) {
    for (std::size_t i = 0; i < dc_of_mcu.size(); ++i) {
      const StepTable& table = *dc_of_mcu[i];
      const std::uint64_t next_bits = BitsAt(bits, bit);
      const Step& step = table.Find(next_bits);
      *dc++ = HWY_LIKELY(step.is_known()) ? step.FirstValueIn(next_bits)
                                          : SingleValue(table, next_bits);
      bit = ends[mcu + i].bit();
    }
  }
}

}  // namespace

BlockFinder MakeBlockFinder() { return {&FindOne, &FindInTurns, &ReadDc}; }

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakeBlockFinder);

BlockFinder BlockFinderForThisCpu() { return HWY_DYNAMIC_DISPATCH(MakeBlockFinder)(); }

}  // namespace thimble
#endif
