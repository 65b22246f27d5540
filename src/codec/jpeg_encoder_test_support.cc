#include "codec/jpeg_encoder_test_support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <utility>

#include "base/c_ptr.h"
#include "codec/jpeg_error.h"

namespace thimble {
namespace {

// The rows of one component that libjpeg encodes at a time (an iMCU row), filled up to whole blocks
// with copies of the last sample and the last row: a hard edge there would cost bytes and ring into
// the picture.
class PaddedRows {
 public:
  static Expected<PaddedRows> Create(const jpeg_component_info& component, const Plane& source) {
    const int width = static_cast<int>(component.width_in_blocks) * DCTSIZE;
    THIMBLE_TRY(Plane samples, Plane::Create({width, component.v_samp_factor * DCTSIZE}));
    return PaddedRows(std::move(samples), source);
  }

  JSAMPARRAY rows() { return rows_.data(); }

  void FillFromNextRows() {
    for (int y = 0; y < samples_.height(); ++y) {
      const int source_y = std::min(next_row_ + y, source_.height - 1);
      const std::span<const std::uint8_t> from = source_.row(source_y);
      const std::span<std::uint8_t> to = samples_.mutable_row(y);
      std::fill(std::copy(from.begin(), from.end(), to.begin()), to.end(), from.back());
    }
    next_row_ += samples_.height();
  }

 private:
  PaddedRows(Plane samples, const Plane& source)
      : samples_(std::move(samples)), source_(source.view()) {
    for (int y = 0; y < samples_.height(); ++y) rows_.push_back(samples_.mutable_row(y).data());
  }

  Plane samples_;
  PlaneView source_;
  std::vector<JSAMPROW> rows_;
  int next_row_ = 0;
};

void Configure(const PlanarImage& picture, JpegQuality quality, jpeg_compress_struct& libjpeg) {
  const bool gray = picture.model == ColorModel::kGray;
  libjpeg.image_width = static_cast<JDIMENSION>(picture.size.width);
  libjpeg.image_height = static_cast<JDIMENSION>(picture.size.height);
  libjpeg.input_components = gray ? 1 : 3;
  libjpeg.in_color_space = gray ? JCS_GRAYSCALE : JCS_YCbCr;
  jpeg_set_defaults(&libjpeg);
  jpeg_set_quality(&libjpeg, quality.value, TRUE);
  libjpeg.comp_info[0].h_samp_factor = gray ? 1 : picture.chroma.horizontal;
  libjpeg.comp_info[0].v_samp_factor = gray ? 1 : picture.chroma.vertical;
  libjpeg.optimize_coding = TRUE;
  libjpeg.raw_data_in = TRUE;
}

}  // namespace

std::vector<std::uint8_t> EncodeByLibjpeg(const PlanarImage& picture, JpegQuality quality) {
  JpegErrors errors;
  jpeg_compress_struct libjpeg{};
  errors.Attach(libjpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's
  std::vector<PaddedRows> components;
  std::vector<JSAMPARRAY> rows;
  Status encoded = errors.Run([&] {
    jpeg_CreateCompress(&libjpeg, JPEG_LIB_VERSION, sizeof(libjpeg));
    jpeg_mem_dest(&libjpeg, &bytes, &size);
    Configure(picture, quality, libjpeg);
    jpeg_start_compress(&libjpeg, TRUE);
  });
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    components.push_back(*PaddedRows::Create(libjpeg.comp_info[i], picture.planes[i]));
  }
  rows.reserve(components.size());
  for (PaddedRows& component : components) rows.push_back(component.rows());
  const auto lines = static_cast<JDIMENSION>(libjpeg.max_v_samp_factor * DCTSIZE);
  while (encoded && libjpeg.next_scanline < libjpeg.image_height) {
    for (PaddedRows& component : components) component.FillFromNextRows();
    encoded = errors.Run([&] { jpeg_write_raw_data(&libjpeg, rows.data(), lines); });
  }
  if (encoded) encoded = errors.Run([&] { jpeg_finish_compress(&libjpeg); });
  EXPECT_TRUE(encoded);
  jpeg_destroy_compress(&libjpeg);
  const CPtr<unsigned char, &std::free> owner(bytes);
  return {bytes, bytes + size};
}

}  // namespace thimble
