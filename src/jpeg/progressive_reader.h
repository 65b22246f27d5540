// The inner loops of decoding progressive scans (ISO 10918-1, annex G): codes to coefficients, a
// row of blocks at a time.
//
// Nothing is tested coefficient by coefficient: a code of a refinement scan, which passes over so
// many zeros and corrects whatever else lies between, is a few operations on sets of coefficients,
// and takes all its correction bits at once.
//
// Thread-safety: pure functions on the caller's data. Errors: false at the first thing that is not
// right; the coefficients are worth nothing then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "jpeg/block_bits.h"
#include "jpeg/progressive_table.h"

namespace thimble {

// How many zero bytes have to follow a scan's data. A block cannot take more: 63 codes of 16 bits,
// with values of 10, and a correction bit for each coefficient.
inline constexpr std::size_t kScanPadding = 256;

// How far a scan has been read. Its data are without stuffed zeros.
struct ScanPosition {
  const std::uint8_t* data = nullptr;
  std::uint64_t bit = 0;            // the next one
  std::uint64_t end_bit = 0;        // of the data
  std::uint32_t end_of_blocks = 0;  // blocks to come that the last code has ended already
};

// A part of a scan of AC coefficients: rows of blocks of one component.
struct AcPart {
  const ProgressiveTable* table = nullptr;       // of what is read for the first time
  const RefinementTable* refinements = nullptr;  // else
  int first = 1;                                 // positions in the zigzag sequence
  int last = 63;
  int low_bit = 0;
  ScanPosition* place = nullptr;
  // From the first block on. Refinements change only `bits`.
  std::int16_t* coefficients = nullptr;
  BlockBits* bits = nullptr;
  std::size_t blocks = 0;  // in a row
  std::size_t rows = 0;
  std::size_t to_next_row = 0;  // blocks
};

// One of the blocks that an MCU has in a DC scan.
struct DcBlock {
  const ProgressiveTable* table = nullptr;  // none in a refinement scan
  std::int16_t* coefficients = nullptr;     // in the first MCU
  std::size_t to_next = 0;                  // from there to those in the next MCU
  std::int32_t* last_dc = nullptr;          // the component's
};

struct ProgressiveReader {
  // Parts that do not depend on each other: of different scans, the longest first. None of the
  // coefficients may have been read before.
  bool (*read_ac)(std::span<const AcPart> parts);
  // All the coefficients must have been read before, but for this bit and lower ones. low_bit is
  // less than kRefinedBits.
  bool (*refine_ac)(std::span<const AcPart> parts);
  bool (*read_dc)(std::span<const DcBlock> blocks_of_mcu, int mcus, int low_bit,
                  ScanPosition& place);
  bool (*refine_dc)(std::span<const DcBlock> blocks_of_mcu, int mcus, int low_bit,
                    ScanPosition& place);
};

// The fastest this CPU can run. Look it up once a picture.
ProgressiveReader ProgressiveReaderForThisCpu();

}  // namespace thimble
