// Blocks that reach beyond the picture. What is coded for their hidden part may be anything: some
// cameras leave it black or green, and a lossless crop leaves what it cut away. At full size nobody
// sees it, but each sample of a reduced block is made of the whole block.
//
// So such a block is replaced before it is reduced, by one whose hidden samples repeat the last
// visible row and column, as an encoder should have filled them. Coefficients and samples depend on
// each other linearly, and rows and columns can be taken one after the other, so that this is a
// product of the coefficients with a matrix at each side; only the results that a reduced inverse
// DCT looks at are computed.
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <cstdint>

#include "jpeg/idct.h"

namespace thimble {

// Samples of a block that belong to the picture, from its upper left corner on: 1 to 8 each way.
struct VisiblePart {
  int width = 8;
  int height = 8;

  bool is_whole() const { return width == 8 && height == 8; }
};

// `coefficients`: all 64, row by row, not dequantized. Writes the `side` x `side` lowest
// frequencies of the block that repeats the visible part, dequantized, into `reduced` (64, row by
// row); others are left as they are. `side`: 1 to 7.
void RepeatVisiblePart(const std::int16_t* coefficients, const QuantizationTable& quantization,
                       VisiblePart visible, int side, std::int16_t* reduced);

}  // namespace thimble
