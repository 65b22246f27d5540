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
#include <span>

#include "jpeg/step_table.h"

namespace thimble {

struct CoefficientBlock {
  // Row by row, not dequantized; DC as the difference to the component's block before. All zero
  // before the block is read.
  alignas(16) std::array<std::int16_t, 64> values;
  std::uint32_t end;  // the position and the bit behind its last step

  // Where the next block begins.
  std::size_t end_bit() const { return end & kBitMask; }
  // Whether its last coefficient came or, before it, an end-of-block code.
  bool is_well_formed() const {
    const std::uint32_t position = end >> kPositionShift;
    return position == kBlockEnd ||
           (position > kJoinedEndAdvance && position < kJoinedEndAdvance + kBlockEnd) ||
           (position > kLoneEndAdvance && position < kLoneEndAdvance + kBlockEnd);
  }
};

// How one of an MCU's blocks is read. They form a ring: the last leads to the first.
struct BlockTables {
  const StepTable* next_start = nullptr;  // for the start of the next block
  std::int64_t bytes_to_rest = 0;  // from there to that for the rest of this block, in one array
  std::int64_t bytes_to_next = 0;  // from here to that of the next block
};

// A place in the scan, inside a block.
struct ReadingPlace {
  std::uint64_t word = 0;  // position and bit
  const BlockTables* tables = nullptr;
  const StepTable* table = nullptr;   // the next step's
  CoefficientBlock* block = nullptr;  // the next one is that behind it

  std::size_t bit() const { return word & kBitMask; }
};

inline ReadingPlace AtStartOfMcu(std::span<const BlockTables> ring, CoefficientBlock* blocks,
                                 std::size_t bit) {
  return {bit, &ring.front(), ring.back().next_start, blocks};
}

struct BlockReader {
  static constexpr int kStepsARefill = 3;

  // `steps`, a multiple of kStepsARefill, from each place. The caller provides for the bits
  // (kMaxBitsAStep a step and 8 bytes more can be read) and the blocks (one a step, and one more).
  void (*read)(const std::uint8_t* bits, ReadingPlace& place, int steps);
  void (*read_two)(const std::uint8_t* bits, std::array<ReadingPlace, 2>& places, int steps);
};

// The fastest this CPU can run. Look it up once a picture.
BlockReader BlockReaderForThisCpu();

}  // namespace thimble
