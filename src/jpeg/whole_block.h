// Reads one block of a baseline scan with all of its coefficients, where it is known to begin: the
// readers in turns keep only the lowest frequencies, or none but DC, where a reduced size is
// wanted.
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <cstddef>
#include <cstdint>

#include "jpeg/huffman_table.h"

namespace thimble {

// `coefficients`: 64, row by row, not dequantized; all but DC are written. The block has been found
// to be sound. Whatever the bits are, no more than kWholeBlockBytes behind the one that holds `bit`
// are read.
inline constexpr std::size_t kWholeBlockBytes = 256;
void ReadWholeBlock(const std::uint8_t* bits, std::size_t bit, const HuffmanTable& dc,
                    const HuffmanTable& ac, std::int16_t* coefficients);

}  // namespace thimble
