// The inner loop of entropy decoding: Huffman codes to coefficients, block after block.
//
// A look-up has to finish before the next code's place is known, so a single reader leaves most of
// a CPU idle. Therefore two places of a scan are read in turns, one step each, and nothing in a
// step depends on a branch that is hard to foresee, not even the end of a block.
//
// Nothing is checked here either: whatever the bits are, a step moves at most kMaxBitsAStep on and
// finishes at most one block. Whether a block is one it says itself afterwards.
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

  // Row by row, not dequantized; DC as the difference to the component's block before. All zero
  // before the block is read. Behind them the place of everything else.
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
