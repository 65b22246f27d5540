// Places in a scan, as those who step through it keep them.
//
// Thread-safety: values. Ownership: borrow tables and what is written to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace thimble {

// Positions in the zigzag sequence of a block: 0 is DC, 64 is the block's end.
inline constexpr int kBlockEnd = 64;
// By how much an end-of-block code moves the position: as a part of a step with other codes, and
// alone. Both are more than any other code does, so that they can be told apart.
inline constexpr int kJoinedEndAdvance = 128;
inline constexpr int kLoneEndAdvance = 256;
// Bits that are no valid code move the position by this much, which no valid code does.
inline constexpr int kInvalidAdvance = 65;

// A position and a count of bits in one word, the position above, so that one addition moves both.
inline constexpr int kPositionShift = 22;
inline constexpr std::uint32_t kBitMask = (1U << kPositionShift) - 1;
inline constexpr std::int64_t kBlockEndWord = std::int64_t{kBlockEnd} << kPositionShift;
// Set in the word of a place where a step has gone too far: behind the end of a block, or to an
// end-of-block code behind it; or where it was not known.
inline constexpr std::uint32_t kTooFar = 64U << kPositionShift;
// No step moves on by more bits: codes have at most 16, values 11.
inline constexpr std::size_t kMaxBitsAStep = 27;

// Where a block ended: the word behind its last step.
class BlockEnd {
 public:
  BlockEnd() = default;
  explicit BlockEnd(std::uint32_t word) : word_(word) {}

  // Where the next block begins.
  std::size_t bit() const { return word_ & kBitMask; }
  // Whether its last coefficient came or, before it, an end-of-block code; and not behind
  // `end_bit`. Without branches, so that compilers look at several at once.
  bool is_sound(std::uint32_t end_bit) const {
    const std::uint32_t position = word_ >> kPositionShift;
    const std::uint32_t blocks = position / kBlockEnd;
    const bool is_at_end = position == kBlockEnd;
    const bool is_ended =
        (blocks == kJoinedEndAdvance / kBlockEnd) | (blocks == kLoneEndAdvance / kBlockEnd);
    const bool was_begun = position % kBlockEnd != 0;
    return (is_at_end | (is_ended & was_begun)) & ((word_ & kBitMask) <= end_bit);
  }

 private:
  std::uint32_t word_ = 0;
};

// How one of an MCU's blocks is stepped through. They form a ring: the last leads to the first.
template <class Table>
struct RingEntry {
  const Table* next_start = nullptr;  // for the start of the next block
  std::int64_t bytes_to_rest = 0;     // from there to that for the rest of this block, in one array
  std::int64_t bytes_to_next = 0;     // from here to that of the next block
};

// A place in the scan, inside a block.
template <class TableType, class BlockType>
struct ScanPlace {
  using Table = TableType;
  using Block = BlockType;

  std::uint64_t word = 0;  // position and bit
  const RingEntry<Table>* entry = nullptr;
  const Table* table = nullptr;  // the next step's
  Block* block = nullptr;        // the next one is that behind it

  std::size_t bit() const { return word & kBitMask; }
};

template <class Place>
Place AtStartOfMcu(std::span<const RingEntry<typename Place::Table>> ring,
                   typename Place::Block* blocks, std::size_t bit) {
  return {bit, &ring.front(), ring.back().next_start, blocks};
}

}  // namespace thimble
