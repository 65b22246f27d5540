// A whole picture's coefficients to samples, whoever has read them.
//
// Thread-safety: none. Ownership: borrows coefficients and sinks. Errors: kImageTooCostly without
// memory; what the source of the coefficients reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "jpeg/frame.h"
#include "jpeg/mcu_rows.h"

namespace thimble {

class CoefficientSource {
 public:
  virtual ~CoefficientSource() = default;
  // Goes on to the next row of MCUs, from the first on. Gives false where it is not for this
  // source.
  virtual Expected<bool> NextMcuRow() = 0;
  // In that row of MCUs, the blocks of one row of a component: 64 coefficients each, row by row,
  // not dequantized.
  virtual const std::int16_t* BlockRow(std::size_t component, int row) = 0;
  // After the last row: whether the picture ends there too.
  virtual bool is_complete() const { return true; }
};

Expected<ScanEnd> TransformCoefficients(const JpegFrame& frame, CoefficientSource& source,
                                        std::span<const ScanOutput> outputs);

}  // namespace thimble
