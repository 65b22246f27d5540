// Tells whether a JPEG holds fine patterns, stripes or the dots of a printed picture, of which a
// scaled decode would make moiré (docs/decisions/0011).
//
// Only a sample of a scan's entropy-coded data is read: some dozen blocks in a row at up to 48
// places. All places but the first are guesses, mostly in the middle of a code. But Huffman codes
// synchronize themselves: after some blocks the reader sees the true codes (see mcu_tracks.h).
// Nothing is checked: damaged data give an answer too, and the same one each time.
//
// Thread-safety: pure functions. Ownership: borrows the data. Source of the formula: a sine of the
// amplitude A gives a block, in the mean over its phases, AC coefficients whose squares sum to
// 32 A^2.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "jpeg/huffman_table.h"
#include "jpeg/idct.h"

namespace thimble {

struct SampledComponent {
  std::optional<HuffmanCodes> dc;  // where DC is coded before AC: in a sequential scan
  HuffmanCodes ac;
  std::size_t blocks = 1;  // in one of the scan's MCUs
  QuantizationTable quantization{};
};

// A sequential scan, or a progressive one that gives AC coefficients for the first time.
struct SampledScan {
  std::vector<SampledComponent> components;
  int first = 1;  // positions of AC in the zigzag sequence
  int last = 63;
  int low_bit = 0;         // the lowest bit that values have (Al)
  std::size_t blocks = 0;  // of all components, in the whole scan
  bool has_restarts = false;
  ByteSpan data;  // from the first entropy-coded byte to the scan's end or beyond
};

// False also where there is no reading the scan.
bool HoldsFinePattern(const SampledScan& scan);

}  // namespace thimble
