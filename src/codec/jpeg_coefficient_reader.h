// Inside codec/ only: the coefficients of a whole picture, read by libjpeg-turbo, whatever the kind
// of JPEG. Two bytes a sample are held.
//
// Thread-safety: none. Ownership: borrows the libjpeg object, which owns the coefficients. Errors:
// as JpegErrors says.
#pragma once

#include <array>

#include "codec/jpeg_error.h"
#include "jpeg/coefficient_rows.h"

namespace thimble {

class LibjpegCoefficients final : public CoefficientSource {
 public:
  LibjpegCoefficients(jpeg_decompress_struct& libjpeg, JpegErrors& errors)
      : libjpeg_(libjpeg), errors_(errors) {}

  // Reads all scans; before any other call.
  Status Read();

  Expected<bool> NextMcuRow() override;
  const std::int16_t* BlockRow(std::size_t component, int row) override {
    return rows_[component][static_cast<std::size_t>(row)];
  }

 private:
  jpeg_decompress_struct& libjpeg_;
  JpegErrors& errors_;
  jvirt_barray_ptr* components_ = nullptr;
  int next_mcu_row_ = 0;
  std::array<std::array<const std::int16_t*, kMaxSamplingFactor>, MAX_COMPONENTS> rows_{};
};

}  // namespace thimble
