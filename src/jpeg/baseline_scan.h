// Decodes the one scan of a baseline JPEG into planes, at full size or at reduced DCT scales:
// several at once share the reading of the entropy-coded data, which is most of the work.
//
// What the file's markers say comes in as values; this part reads the entropy-coded data only. It
// takes the common kind: Huffman codes, all components in one scan, no restart markers. And it
// takes intact data only: at the first thing that is not right it stops, and what it has delivered
// until then is right. Callers have a more patient decoder for all the rest.
//
// Samples are exactly those of libjpeg-turbo. Thread-safety: none. Ownership: borrows the data.
// Memory grows with the width. Errors: kImageTooCostly without memory.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "image/plane.h"
#include "jpeg/huffman_table.h"
#include "jpeg/idct.h"

namespace thimble {

struct ScanComponent {
  int blocks_across = 1;  // in an MCU
  int blocks_down = 1;
  QuantizationTable quantization{};
  HuffmanCodes dc;
  HuffmanCodes ac;
};

struct BaselineScan {
  std::vector<ScanComponent> components;
  int mcus_across = 0;
  int mcus_down = 0;
  ByteSpan data;  // from the first entropy-coded byte on
};

class McuRowSink {
 public:
  virtual ~McuRowSink() = default;
  // The samples of one row of MCUs, whole blocks, a plane for each component; they may be changed
  // and die with the call. Returns false when no further rows are wanted.
  virtual bool AcceptMcuRow(std::span<Plane> planes) = 0;
};

// One scale that is wanted.
struct ScanOutput {
  std::vector<int> block_sides;  // samples to make of each component's blocks: 1, 2, 4 or 8
  McuRowSink* sink = nullptr;
};

enum class ScanEnd : std::uint8_t {
  kComplete,  // or the sinks wanted no more
  kNotRead,   // not for this decoder, from where the sinks got no more rows
};

// A sink gets the same rows in company as alone, but kNotRead may come earlier: reduced scales do
// not look at everything.
Expected<ScanEnd> DecodeBaselineScan(const BaselineScan& scan, std::span<const ScanOutput> outputs);

}  // namespace thimble
