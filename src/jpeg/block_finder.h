// Finds where blocks end and reads no more of them than DC: for pictures of which only the blocks'
// means are wanted. It takes half the operations of block_reader, so that three places are stepped
// through in turns; like there, nothing is checked. What DC is, is read afterwards: where the
// blocks are known, no look-up waits for the one before.
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "jpeg/finder_table.h"
#include "jpeg/scan_place.h"
#include "jpeg/step_table.h"

namespace thimble {

struct BlockFinder {
  using Place = ScanPlace<FinderTable, BlockEnd>;
  static constexpr std::size_t kPlaces = 3;
  static constexpr int kStepsARefill = 3;

  // `steps`, a multiple of kStepsARefill, from each place. The caller provides for the bits
  // (kMaxBitsAStep a step and 8 bytes more can be read) and the ends (one a step, and one more).
  void (*read)(const std::uint8_t* bits, Place& place, int steps);
  void (*read_in_turns)(const std::uint8_t* bits, std::array<Place, kPlaces>& places, int steps);

  // The DC differences of whole MCUs from `bit` on, whose blocks have these ends. `dc_of_mcu` tells
  // of each of an MCU's blocks which codes its DC has.
  void (*read_dc)(const std::uint8_t* bits, std::size_t bit, std::span<const BlockEnd> ends,
                  std::span<const StepTable* const> dc_of_mcu, std::int16_t* dc);
};

// The fastest this CPU can run. Look it up once a picture.
BlockFinder BlockFinderForThisCpu();

}  // namespace thimble
