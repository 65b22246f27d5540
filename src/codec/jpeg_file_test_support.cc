#include "codec/jpeg_file_test_support.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>

#include "base/bytes.h"
#include "base/c_ptr.h"

namespace thimble {
namespace {

// All rows of one component, padded to whole iMCU rows.
struct ComponentRows {
  std::vector<std::vector<std::uint8_t>> rows;
  std::vector<JSAMPROW> pointers;
};

ComponentRows SampleComponent(const jpeg_compress_struct& libjpeg, int index,
                              const TestPicture& picture) {
  const jpeg_component_info& component = libjpeg.comp_info[index];
  const double pitch_x = double{1} * libjpeg.max_h_samp_factor / component.h_samp_factor;
  const double pitch_y = double{1} * libjpeg.max_v_samp_factor / component.v_samp_factor;
  const std::size_t width = component.width_in_blocks * DCTSIZE;
  const JDIMENSION bands =
      (component.height_in_blocks + static_cast<JDIMENSION>(component.v_samp_factor) - 1) /
      static_cast<JDIMENSION>(component.v_samp_factor);
  const JDIMENSION height = bands * static_cast<JDIMENSION>(component.v_samp_factor * DCTSIZE);

  ComponentRows result;
  for (JDIMENSION y = 0; y < height; ++y) {
    std::vector<std::uint8_t>& row = result.rows.emplace_back(width);
    for (std::size_t x = 0; x < width; ++x) {
      const double value =
          picture(index, (static_cast<double>(x) + 0.5) * pitch_x, (y + 0.5) * pitch_y);
      row[x] = static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
    }
  }
  for (std::vector<std::uint8_t>& row : result.rows) result.pointers.push_back(row.data());
  return result;
}

void Configure(jpeg_compress_struct& libjpeg, const TestJpeg& jpeg) {
  libjpeg.image_width = static_cast<JDIMENSION>(jpeg.size.width);
  libjpeg.image_height = static_cast<JDIMENSION>(jpeg.size.height);
  libjpeg.input_components = static_cast<int>(jpeg.sampling.size());
  libjpeg.in_color_space = jpeg.color_space;
  jpeg_set_defaults(&libjpeg);
  jpeg_set_colorspace(&libjpeg, jpeg.color_space);
  jpeg_set_quality(&libjpeg, jpeg.quality, TRUE);
  for (std::size_t i = 0; i < jpeg.sampling.size(); ++i) {
    libjpeg.comp_info[i].h_samp_factor = jpeg.sampling[i].horizontal;
    libjpeg.comp_info[i].v_samp_factor = jpeg.sampling[i].vertical;
  }
  if (jpeg.progressive) jpeg_simple_progression(&libjpeg);
  if (jpeg.adobe_marker) libjpeg.write_Adobe_marker = TRUE;
  libjpeg.arith_code = jpeg.arithmetic ? TRUE : FALSE;
  libjpeg.restart_in_rows = jpeg.restart_rows;
  libjpeg.restart_interval = static_cast<unsigned>(jpeg.restart_mcus);
  libjpeg.raw_data_in = TRUE;
}

std::vector<jpeg_scan_info> ScanPerComponent(std::size_t components) {
  std::vector<jpeg_scan_info> scans(components);
  for (std::size_t i = 0; i < components; ++i) {
    scans[i] = {1, {static_cast<int>(i)}, 0, DCTSIZE2 - 1, 0, 0};
  }
  return scans;
}

void WriteRows(jpeg_compress_struct& libjpeg, const TestPicture& picture) {
  std::vector<ComponentRows> components;
  components.reserve(static_cast<std::size_t>(libjpeg.num_components));
  for (int i = 0; i < libjpeg.num_components; ++i) {
    components.push_back(SampleComponent(libjpeg, i, picture));
  }
  const auto lines = static_cast<JDIMENSION>(libjpeg.max_v_samp_factor * DCTSIZE);
  std::vector<JSAMPARRAY> rows(components.size());
  for (std::size_t band = 0; libjpeg.next_scanline < libjpeg.image_height; ++band) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto height = static_cast<std::size_t>(libjpeg.comp_info[i].v_samp_factor) * DCTSIZE;
      rows[i] = &components[i].pointers[band * height];
    }
    jpeg_write_raw_data(&libjpeg, rows.data(), lines);
  }
}

}  // namespace

std::vector<std::uint8_t> MakeJpeg(const TestJpeg& jpeg, const TestPicture& picture) {
  jpeg_error_mgr errors{};
  jpeg_compress_struct libjpeg{};
  libjpeg.err = jpeg_std_error(&errors);
  jpeg_CreateCompress(&libjpeg, JPEG_LIB_VERSION, sizeof(libjpeg));
  std::uint8_t* bytes = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's type
  jpeg_mem_dest(&libjpeg, &bytes, &size);

  Configure(libjpeg, jpeg);
  const std::vector<jpeg_scan_info> scans =
      jpeg.scan_per_component ? ScanPerComponent(jpeg.sampling.size()) : jpeg.scans;
  if (!scans.empty()) {
    libjpeg.scan_info = scans.data();
    libjpeg.num_scans = static_cast<int>(scans.size());
  }
  jpeg_start_compress(&libjpeg, TRUE);
  for (const ExtraSegment& segment : jpeg.segments) {
    const ByteSpan payload = BytesOf(segment.payload);
    jpeg_write_marker(&libjpeg, segment.marker, payload.data(),
                      static_cast<unsigned>(payload.size()));
  }
  WriteRows(libjpeg, picture);
  jpeg_finish_compress(&libjpeg);
  jpeg_destroy_compress(&libjpeg);
  const CPtr<std::uint8_t, &std::free> owner(bytes);
  return {bytes, bytes + size};
}

double SmoothWave(int component, double x, double y) {
  constexpr std::array<double, 4> kAcross = {1.0, 0.5, -0.7, 0.2};
  constexpr std::array<double, 4> kDown = {0.4, -0.9, 0.6, 1.0};
  const auto i = static_cast<std::size_t>(component);
  return 128 + 80 * std::sin((kAcross[i] * x + kDown[i] * y) / 25 + component);
}

}  // namespace thimble
