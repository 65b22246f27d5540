#include "codec/jpeg_fine_pattern.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "codec/jpeg_frame.h"
#include "codec/jpeg_progressive.h"
#include "jpeg/fine_pattern.h"

namespace thimble {
namespace {

const JHUFF_TBL* TableAt(JHUFF_TBL* const (&tables)[NUM_HUFF_TBLS], int index) {
  return index >= 0 && index < NUM_HUFF_TBLS ? tables[index] : nullptr;
}

std::size_t BlocksIn(const jpeg_component_info& component) {
  return std::size_t{component.width_in_blocks} * component.height_in_blocks;
}

std::optional<SampledScan> SequentialScanOf(const jpeg_decompress_struct& libjpeg,
                                            const JpegFrame& frame) {
  SampledScan scan;
  for (int i = 0; i < libjpeg.comps_in_scan; ++i) {
    const jpeg_component_info& component = *libjpeg.cur_comp_info[i];
    const JHUFF_TBL* dc = TableAt(libjpeg.dc_huff_tbl_ptrs, component.dc_tbl_no);
    const JHUFF_TBL* ac = TableAt(libjpeg.ac_huff_tbl_ptrs, component.ac_tbl_no);
    if (dc == nullptr || ac == nullptr) return std::nullopt;
    // The MCU of a single component is one block, whatever its sampling factors say.
    const int blocks =
        libjpeg.comps_in_scan > 1 ? component.h_samp_factor * component.v_samp_factor : 1;
    const auto index = static_cast<std::size_t>(component.component_index);
    scan.components.push_back({.dc = CodesOf(*dc),
                               .ac = CodesOf(*ac),
                               .blocks = static_cast<std::size_t>(blocks),
                               .quantization = frame.components[index].quantization});
    scan.blocks += BlocksIn(component);
  }
  scan.has_restarts = libjpeg.restart_interval != 0;
  scan.data = {libjpeg.src->next_input_byte, libjpeg.src->bytes_in_buffer};
  return scan;
}

// Those that give AC coefficients of the finest components for the first time.
std::vector<SampledScan> ProgressiveScansOf(const jpeg_decompress_struct& libjpeg,
                                            const JpegFrame& frame) {
  const std::optional<ProgressivePicture> picture = ProgressivePictureOf(libjpeg);
  if (!picture) return {};
  std::vector<SampledScan> scans;
  for (const ProgressiveScan& scan : picture->scans) {
    if (scan.first == 0 || scan.bit_before != 0) continue;
    const std::size_t index = scan.components.front();
    const jpeg_component_info& component = libjpeg.comp_info[index];
    if (component.h_samp_factor < libjpeg.max_h_samp_factor ||
        component.v_samp_factor < libjpeg.max_v_samp_factor) {
      continue;
    }
    scans.push_back({.components = {{.dc = std::nullopt,
                                     .ac = scan.codes.front(),
                                     .quantization = frame.components[index].quantization}},
                     .first = scan.first,
                     .last = scan.last,
                     .low_bit = scan.low_bit,
                     .blocks = BlocksIn(component),
                     .data = scan.data});
  }
  return scans;
}

}  // namespace

bool HoldsFinePattern(const jpeg_decompress_struct& libjpeg) {
  if (libjpeg.arith_code) return false;
  const std::optional<JpegFrame> frame = FrameOf(libjpeg);
  if (!frame) return false;
  if (libjpeg.progressive_mode) {
    return std::ranges::any_of(ProgressiveScansOf(libjpeg, *frame),
                               [](const SampledScan& scan) { return HoldsFinePattern(scan); });
  }
  const std::optional<SampledScan> scan = SequentialScanOf(libjpeg, *frame);
  return scan && HoldsFinePattern(*scan);
}

}  // namespace thimble
