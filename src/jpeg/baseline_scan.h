// Decodes the one scan of a baseline JPEG into planes, at full size or at reduced DCT scales:
// several at once share the reading of the entropy-coded data, which is most of the work.
//
// What the file's markers say comes in as values, but for restart markers; this part reads the
// entropy-coded data. It takes the common kind: Huffman codes, all components in one scan. And it
// takes intact data only: at the first fault it stops, and what it has delivered until then is
// right. Callers have libjpeg-turbo for all the rest.
//
// Coefficients are exactly those of libjpeg-turbo. Thread-safety: none. Ownership: borrows the
// data. Memory grows with the width. Errors: kImageTooCostly without memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "jpeg/frame.h"
#include "jpeg/huffman_table.h"
#include "jpeg/mcu_rows.h"

namespace thimble {

struct ComponentCodes {
  HuffmanCodes dc;
  HuffmanCodes ac;
};

struct BaselineScan {
  JpegFrame frame;
  std::vector<ComponentCodes> codes;  // of each component
  int restart_interval = 0;           // MCUs between restart markers; 0: there are none
  ByteSpan data;                      // from the first entropy-coded byte on
};

// A sink gets the same rows together with others as alone, but kNotRead may come earlier: reduced
// scales do not look at everything.
Expected<ScanEnd> DecodeBaselineScan(const BaselineScan& scan, std::span<const ScanOutput> outputs);

}  // namespace thimble
