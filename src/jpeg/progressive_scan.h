// One scan of a progressive JPEG, and how far it has been read.
//
// Thread-safety: none. Ownership: owns a copy of the scan's data; borrows the picture's
// description.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "jpeg/block_bits.h"
#include "jpeg/coefficient_picture.h"
#include "jpeg/progressive_picture.h"
#include "jpeg/progressive_reader.h"
#include "jpeg/progressive_table.h"
#include "jpeg/unstuffed_data.h"

namespace thimble {

// Of a component's blocks.
struct ComponentBits {
  BlockBits* row(int y) { return blocks.data() + static_cast<std::size_t>(y) * across; }

  std::vector<BlockBits> blocks;
  std::size_t across = 0;
};

// Where a row of MCUs is kept: first rows of MCUs.
struct McuRowPlace {
  CoefficientPicture* coefficients = nullptr;
  std::span<ComponentBits> bits;  // of each component
  int row = 0;                    // in both, in rows of MCUs
};

class ProgressiveScanReader {
 public:
  // Nothing: a table that no decoder takes.
  static Expected<std::optional<ProgressiveScanReader>> Create(const ProgressivePicture& picture,
                                                               const ProgressiveScan& scan);

  const ProgressiveScan& scan() const { return *scan_; }

  // For a scan of DC coefficients. Gives false at the first thing that is not right.
  bool ReadDc(int mcu_y, const McuRowPlace& place, const ProgressiveReader& reader);
  // For a scan of AC coefficients: what has to be read. It may have no rows.
  AcPart PartOf(int mcu_y, const McuRowPlace& place);

  // Whether nothing but the last byte's padding is left.
  bool is_at_end() const;

 private:
  ProgressiveScanReader(const ProgressivePicture& picture, const ProgressiveScan& scan,
                        UnstuffedData data);

  // Rows of blocks, without those that fill up the MCUs.
  int OwnRows(int mcu_y) const;
  bool ReadInterleavedDc(const McuRowPlace& place, const ProgressiveReader& reader);
  bool ReadDcBlocks(std::span<const DcBlock> blocks, int mcus, const ProgressiveReader& reader);
  const ProgressiveTable* table(std::size_t i) const {
    return tables_.empty() ? nullptr : &tables_[i];
  }

  const ProgressivePicture* picture_;
  const ProgressiveScan* scan_;
  UnstuffedData data_;
  std::vector<ProgressiveTable> tables_;  // of each component
  std::optional<RefinementTable> refinements_;
  std::vector<std::int32_t> last_dc_;  // of each component
  ScanPosition place_;
};

}  // namespace thimble
