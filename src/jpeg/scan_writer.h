// Entropy-codes the blocks of a baseline scan: first gathers them as symbols and counts these, then
// writes them with the codes that suit their counts best.
//
// Thread-safety: none. Memory: four bytes for each coefficient that is not 0, and for each block.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "jpeg/byte_writer.h"
#include "jpeg/fdct.h"
#include "jpeg/optimal_codes.h"

namespace thimble {

class ScanWriter {
 public:
  static constexpr std::size_t kTables = 2;  // pairs of a DC and an AC table

  // Makes room for a picture of so many samples, as far as most need it.
  void Reserve(std::size_t samples);

  // The next block in the scan's order. `dc_difference`: to the block before of its component.
  void Add(const QuantizedBlock& block, int dc_difference, std::size_t table);

  struct Codes {
    HuffmanCodes dc;
    HuffmanCodes ac;
  };
  // Those that suit what was added to the table: at least one block.
  Codes CodesOf(std::size_t table) const {
    return {OptimalCodes(counts_[2 * table]), OptimalCodes(counts_[2 * table + 1])};
  }
  // What was added, with the codes of each table that was used.
  void Write(std::span<const Codes> codes, ByteWriter& out) const;

 private:
  // From the lowest bits on: 16 of value, 8 of symbol, the index of its counts.
  using Token = std::uint32_t;

  // A block's tokens: one for DC, one for each other coefficient or 16 zeros before it, and the
  // end.
  struct BlockTokens {
    std::array<Token, 66> tokens;
    std::size_t count = 0;
  };

  void Append(BlockTokens& tokens, std::size_t counts, std::uint32_t symbol, std::uint32_t value);

  std::array<SymbolCounts, 2 * kTables> counts_{};
  std::vector<Token> tokens_;
};

}  // namespace thimble
