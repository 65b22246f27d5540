// The inner loop of entropy decoding: Huffman codes to coefficients, block after block.
//
// A look-up has to finish before the next code's place is known, so a single reader leaves most of
// a CPU idle. Therefore two places of a scan are read in turns, one step each, and nothing in a
// step depends on a branch that is hard to foresee, not even the end of a block.
//
// Nothing is checked here either: whatever the bits are, a step moves at most kMaxBitsAStep on and
// finishes at most one block. Whether a block is one says IsWellFormed afterwards.
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "jpeg/huffman_table.h"

namespace thimble {

inline constexpr std::size_t kMaxBitsAStep = 32;

struct CoefficientBlock {
  // Row by row, not dequantized; DC as the difference to the component's block before. All zero
  // before the block is read.
  alignas(16) std::array<std::int16_t, 64> values;
  std::uint32_t end_bit;       // where the next block begins
  std::uint32_t end_position;  // in the zigzag sequence
};

// End position 64: the last coefficient came; beyond 128: an end-of-block code did, before it.
inline bool IsWellFormed(const CoefficientBlock& block) {
  return block.end_position == kBlockEnd || (block.end_position > kEndOfBlockAdvance &&
                                             block.end_position < kEndOfBlockAdvance + kBlockEnd);
}

// How one of an MCU's blocks is read. They form a ring: the last leads to the first.
struct BlockTables {
  const HuffmanTable* next_dc = nullptr;  // of the next block
  std::int64_t bytes_to_ac = 0;           // from there to this block's, in one array
  std::int64_t bytes_to_next = 0;         // from here to that of the next block
};

// A place in the scan, inside a block.
struct ReadingPlace {
  std::uint64_t bit = 0;
  std::int64_t position = 0;  // in the zigzag sequence: the next coefficient's
  const BlockTables* tables = nullptr;
  const HuffmanTable* table = nullptr;  // the next code's
  CoefficientBlock* block = nullptr;    // the next one is that behind it
};

inline ReadingPlace AtStartOfMcu(std::span<const BlockTables> ring, CoefficientBlock* blocks,
                                 std::uint64_t bit) {
  return {bit, 0, &ring.front(), ring.back().next_dc, blocks};
}

struct BlockReader {
  // `steps` codes (or runs of skipped ones) from each place. The caller provides for the bits
  // (kMaxBitsAStep a step and 8 bytes more can be read) and the blocks (one a step, and one more).
  void (*read)(const std::uint8_t* bits, ReadingPlace& place, int steps);
  void (*read_two)(const std::uint8_t* bits, std::array<ReadingPlace, 2>& places, int steps);
};

// The fastest this CPU can run. Look it up once a picture.
BlockReader BlockReaderForThisCpu();

}  // namespace thimble
