// Decodes the scans of a progressive JPEG (ISO 10918-1, annex G) into its coefficients.
//
// What the file's markers say comes in as values; this part reads the entropy-coded data only. It
// takes intact data, and scans whose order the standard allows. Callers have a more patient decoder
// for all the rest: at the first thing that is not right nothing is read.
//
// All scans are read side by side, a row of MCUs after the other, so that the coefficients of a row
// are in a cache while scan after scan adds to them.
//
// Thread-safety: none. Ownership: borrows the data. Errors: kImageTooCostly without memory.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "jpeg/coefficient_picture.h"
#include "jpeg/huffman_table.h"

namespace thimble {

struct ProgressiveComponent {
  int blocks_across = 1;  // in an MCU
  int blocks_down = 1;
  BlockGrid own_grid;  // without what fills up MCUs
};

struct ProgressiveScan {
  std::vector<std::size_t> components;
  int first = 0;  // positions in the zigzag sequence (Ss, Se)
  int last = 0;
  int bit_before = 0;  // the lowest bit that earlier scans gave; 0 without any (Ah)
  int low_bit = 0;     // the lowest bit that comes now (Al)
  // For each component; a scan that refines DC has none.
  std::vector<HuffmanCodes> codes;
  ByteSpan data;  // without markers, zeros still stuffed
};

struct ProgressivePicture {
  std::vector<ProgressiveComponent> components;
  int mcus_across = 0;  // of all components interleaved
  int mcus_down = 0;
  std::vector<ProgressiveScan> scans;
};

// Nothing: not for this decoder.
Expected<std::optional<CoefficientPicture>> DecodeProgressivePicture(
    const ProgressivePicture& picture);

}  // namespace thimble
