// The Huffman code that writes given symbols in the fewest bits (ISO 10918-1, annex K.2): ties are
// broken as libjpeg does, so that the same counts give the same codes.
#pragma once

#include <array>
#include <cstdint>

#include "jpeg/huffman_table.h"

namespace thimble {

using SymbolCounts = std::array<std::uint32_t, 256>;

// At least one count is not 0. Symbols that do not occur get no code. No code is longer than 16
// bits, nor all ones.
HuffmanCodes OptimalCodes(const SymbolCounts& counts);

}  // namespace thimble
