// For tests and fuzzers: a JPEG's coefficients as libjpeg reads them, and by the project's own
// decoder of progressive pictures.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "codec/jpeg_error.h"
#include "codec/jpeg_progressive.h"
#include "jpeg/progressive_decoder.h"

namespace thimble {

// Of each component, block by block, with those that fill up MCUs.
using JpegCoefficients = std::vector<std::vector<std::int16_t>>;

// A JPEG whose header libjpeg has read.
class JpegHeader {
 public:
  explicit JpegHeader(ByteSpan jpeg) {
    errors_.Attach(libjpeg_);
    const Status read = errors_.Run([&] {
      jpeg_CreateDecompress(&libjpeg_, JPEG_LIB_VERSION, sizeof(libjpeg_));
      jpeg_mem_src(&libjpeg_, jpeg.data(), jpeg.size());
      jpeg_read_header(&libjpeg_, TRUE);
    });
    is_good_ = read.has_value();
  }
  JpegHeader(const JpegHeader&) = delete;
  JpegHeader& operator=(const JpegHeader&) = delete;
  ~JpegHeader() { jpeg_destroy_decompress(&libjpeg_); }

  bool is_good() const { return is_good_; }
  const jpeg_decompress_struct& libjpeg() const { return libjpeg_; }

  // Nothing where libjpeg fails or warns.
  std::optional<JpegCoefficients> ReadByLibjpeg() {
    jvirt_barray_ptr* arrays = nullptr;
    const Status read = errors_.Run([&] { arrays = jpeg_read_coefficients(&libjpeg_); });
    if (!read || errors_.source_ended()) return std::nullopt;
    JpegCoefficients coefficients;
    for (int i = 0; i < libjpeg_.num_components; ++i) {
      // No scan had the component.
      if (libjpeg_.comp_info[i].quant_table == nullptr) return std::nullopt;
      coefficients.push_back(Gather(arrays[i], libjpeg_.comp_info[i]));
    }
    return coefficients;
  }

  std::optional<JpegCoefficients> ReadByOwn() const {
    const std::optional<ProgressivePicture> picture = ProgressivePictureOf(libjpeg_);
    if (!picture) return std::nullopt;
    auto decoder = ProgressiveDecoder::Create(*picture);
    if (!decoder || !*decoder) return std::nullopt;
    JpegCoefficients coefficients(picture->components.size());
    for (int mcu_y = 0; mcu_y < picture->mcus_down; ++mcu_y) {
      if (!(*decoder)->ReadMcuRow()) return std::nullopt;
      for (std::size_t i = 0; i < coefficients.size(); ++i) {
        const ProgressiveComponent& component = picture->components[i];
        const auto size = static_cast<std::ptrdiff_t>(kCoefficientsInBlock) * picture->mcus_across *
                          component.blocks_across;
        for (int y = 0; y < component.blocks_down; ++y) {
          const std::int16_t* const row = (*decoder)->row(i, y);
          coefficients[i].insert(coefficients[i].end(), row, row + size);
        }
      }
    }
    if (!(*decoder)->is_complete()) return std::nullopt;
    return coefficients;
  }

 private:
  std::vector<std::int16_t> Gather(jvirt_barray_ptr array, const jpeg_component_info& component) {
    const auto round_up = [](JDIMENSION size, int unit) {
      const auto step = static_cast<JDIMENSION>(unit);
      return (size + step - 1) / step * step;
    };
    const JDIMENSION across = round_up(component.width_in_blocks, component.h_samp_factor);
    const JDIMENSION down = round_up(component.height_in_blocks, component.v_samp_factor);
    std::vector<std::int16_t> coefficients;
    for (JDIMENSION y = 0; y < down; ++y) {
      const JCOEF* const begin = libjpeg_.mem->access_virt_barray(
          reinterpret_cast<j_common_ptr>(&libjpeg_), array, y, 1, FALSE)[0][0];
      coefficients.insert(coefficients.end(), begin, begin + std::size_t{across} * DCTSIZE2);
    }
    return coefficients;
  }

  JpegErrors errors_;
  jpeg_decompress_struct libjpeg_{};
  bool is_good_ = false;
};

}  // namespace thimble
