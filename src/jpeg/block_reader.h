// The inner loop of entropy decoding: Huffman codes to coefficients, block after block.
//
// A look-up has to finish before the next code's place is known, so a single reader leaves most of
// a CPU idle. Therefore two places of a scan are read in turns, one step each, and no step has a
// branch that the CPU cannot predict well, not even at the end of a block.
//
// Nothing is checked here: whatever the bits are, a step moves on by at most kMaxBitsAStep and
// finishes at most one block. Whether a block was valid is found out afterwards, by its BlockEnd.
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "jpeg/scan_place.h"
#include "jpeg/step_table.h"

namespace thimble {

// The lowest kRows rows of a block's coefficients: what is not needed would only use up the caches.
template <int kRows>
struct CoefficientBlock {
  static constexpr std::size_t kValues = 8 * kRows;

  // Row by row, not dequantized; DC is the difference to the block before of the same component.
  // All zero before the block is read. The last element takes the values that are not needed.
  alignas(16) std::array<std::int16_t, kValues + 1> values;
  BlockEnd end;
};

template <int kRows>
struct BlockReader {
  using Place = ScanPlace<StepTable, CoefficientBlock<kRows>>;
  static constexpr std::size_t kPlaces = 2;
  static constexpr int kStepsARefill = 3;

  // `steps`, a multiple of kStepsARefill, from each place. The caller provides for the bits
  // (kMaxBitsAStep a step and 8 bytes more can be read) and the blocks (one a step, and one more).
  void (*read)(const std::uint8_t* bits, Place& place, int steps);
  void (*read_in_turns)(const std::uint8_t* bits, std::array<Place, kPlaces>& places, int steps);
};

// The fastest this CPU can run, for 2, 4 or 8 rows. Look it up once a picture.
template <int kRows>
BlockReader<kRows> BlockReaderForThisCpu();

}  // namespace thimble
