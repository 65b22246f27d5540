// Look-up tables for finding the ends of blocks: how far the next bits of a scan move on, for as
// many codes as a look-up sees, and not what they mean.
//
// Thread-safety: immutable once built. Ownership: borrows the codes it is made of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "jpeg/huffman_table.h"
#include "jpeg/step_table.h"

namespace thimble {

// Positions and bits, like the word of a place. kTooFar: not known to the look-up.
using FinderStep = std::uint32_t;

class FinderTable {
 public:
  // Steps that the look-up knows have no more bits than this.
  static constexpr int kMaxBits = StepTable::kMaxBits;

  // The steps of StepTable::Joins::kAll.
  FinderTable(const HuffmanTable& first, const HuffmanTable& rest);

  // For what begins with `bits`, left-aligned.
  FinderStep Find(std::uint64_t bits) const { return lookup_[bits >> (64 - kLookupBits)]; }
  // One code and its value: for where that is not known or too far.
  FinderStep FindSingle(std::uint64_t bits) const { return SingleStep(*first_, bits).move(); }

 private:
  std::array<FinderStep, std::size_t{1} << kLookupBits> lookup_;
  const HuffmanTable* first_;
};

}  // namespace thimble
