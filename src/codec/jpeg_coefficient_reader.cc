#include "codec/jpeg_coefficient_reader.h"

namespace thimble {

Status LibjpegCoefficients::Read() {
  return errors_.Run([this] { components_ = jpeg_read_coefficients(&libjpeg_); });
}

Expected<bool> LibjpegCoefficients::NextMcuRow() {
  Status found = errors_.Run([this] {
    for (std::size_t i = 0; i < static_cast<std::size_t>(libjpeg_.num_components); ++i) {
      const int rows = libjpeg_.comp_info[i].v_samp_factor;
      JBLOCKARRAY blocks = libjpeg_.mem->access_virt_barray(
          reinterpret_cast<j_common_ptr>(&libjpeg_), components_[i],
          static_cast<JDIMENSION>(next_mcu_row_ * rows), static_cast<JDIMENSION>(rows), FALSE);
      for (std::size_t y = 0; y < static_cast<std::size_t>(rows); ++y) {
        rows_[i][y] = &blocks[y][0][0];
      }
    }
  });
  if (!found) return Forward(found);
  ++next_mcu_row_;
  return true;
}

}  // namespace thimble
