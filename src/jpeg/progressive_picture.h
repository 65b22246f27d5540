// A progressive JPEG as what its markers say, with its entropy-coded data.
//
// Thread-safety: values. Ownership: borrows the data.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.h"
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

}  // namespace thimble
