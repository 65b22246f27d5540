// Decodes the scans of a progressive JPEG (ISO 10918-1, annex G) into its coefficients, a row of
// MCUs after the other.
//
// It takes intact data, and scans whose order the standard allows: at the first fault it stops, and
// the rows until then are right. Callers have libjpeg-turbo for all the rest.
//
// All scans are read side by side, so that the coefficients of a row are in a cache while scan
// after scan adds to them, and take little memory. Where a scan refines what another one gives, it
// is a row behind it: then none waits for the other, and two can be read in turns.
//
// Thread-safety: none. Ownership: borrows the scans' data until Create returns. Errors:
// kImageTooCostly without memory.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "jpeg/coefficient_picture.h"
#include "jpeg/progressive_picture.h"
#include "jpeg/progressive_scan.h"

namespace thimble {

class ProgressiveDecoder {
 public:
  // Nothing where another decoder has to read the picture.
  static Expected<std::optional<ProgressiveDecoder>> Create(ProgressivePicture picture);

  // The next row of MCUs, up to the picture's last. False: another decoder has to read the rest.
  bool ReadMcuRow();
  // A row of blocks in the row of MCUs that was read last, as in CoefficientPicture. It may be
  // changed, until the next ReadMcuRow.
  std::int16_t* row(std::size_t component, int y);
  // After the last row: whether the scans end there too. If not, libjpeg has to look at them.
  bool is_complete() const;

 private:
  explicit ProgressiveDecoder(std::unique_ptr<const ProgressivePicture> picture)
      : picture_(std::move(picture)),
        reader_(ProgressiveReaderForThisCpu()),
        add_refined_bits_(AddRefinedBitsForThisCpu()) {}

  Status AllocateRows();
  // So many rows of MCUs are kept at a time.
  int rows_in_work() const;
  // Reads on in each scan that has a row to read at this stage.
  bool ReadStage(int stage);
  McuRowPlace PlaceOf(int mcu_y);
  void BeginRow(int mcu_y);
  // When all scans have been there.
  void FinishRow(int mcu_y);

  std::unique_ptr<const ProgressivePicture> picture_;
  ProgressiveReader reader_;
  AddRefinedBitsFunction add_refined_bits_;
  std::vector<ProgressiveScanReader> scans_;
  std::vector<std::size_t> by_size_;  // the longest scan first
  std::vector<int> lags_;             // how many rows each scan is behind the first ones
  CoefficientPicture coefficients_;
  std::vector<ComponentBits> bits_;  // of each component
  std::vector<bool> is_refined_;     // each component, in its AC coefficients
  int next_stage_ = 0;
};

}  // namespace thimble
