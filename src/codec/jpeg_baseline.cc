#include "codec/jpeg_baseline.h"

#include <cstddef>
#include <utility>

#include "codec/jpeg_frame.h"

namespace thimble {
namespace {

template <class Table, std::size_t kSize>
const Table* TableAt(Table* const (&tables)[kSize], int index) {  // NOLINT(*-avoid-c-arrays)
  return index >= 0 && index < static_cast<int>(kSize) ? tables[index] : nullptr;
}

std::optional<ComponentCodes> CodesFor(const jpeg_decompress_struct& libjpeg,
                                       const jpeg_component_info& component) {
  const JHUFF_TBL* dc = TableAt(libjpeg.dc_huff_tbl_ptrs, component.dc_tbl_no);
  const JHUFF_TBL* ac = TableAt(libjpeg.ac_huff_tbl_ptrs, component.ac_tbl_no);
  if (dc == nullptr || ac == nullptr) return std::nullopt;
  return ComponentCodes{.dc = CodesOf(*dc), .ac = CodesOf(*ac)};
}

// Between restart markers that are closer than this, our reader takes up to twelve times as long as
// libjpeg-turbo's (one block of a flat gray picture); it pays from about here on.
constexpr int kLeastBlocksBetweenRestarts = 16;

int BlocksInMcu(const JpegFrame& frame) {
  int blocks = 0;
  for (const FrameComponent& component : frame.components) {
    blocks += component.blocks_across * component.blocks_down;
  }
  return blocks;
}

bool IsCommonKind(const jpeg_decompress_struct& libjpeg) {
  if (libjpeg.progressive_mode || libjpeg.arith_code) return false;
  if (libjpeg.comps_in_scan != libjpeg.num_components) return false;
  // The MCU of a single component is one block, whatever its sampling factors say.
  return libjpeg.num_components > 1 ||
         (libjpeg.max_h_samp_factor == 1 && libjpeg.max_v_samp_factor == 1);
}

}  // namespace

std::optional<BaselineScan> BaselineScanOf(const jpeg_decompress_struct& libjpeg) {
  if (!IsCommonKind(libjpeg)) return std::nullopt;
  std::optional<JpegFrame> frame = FrameOf(libjpeg);
  if (!frame) return std::nullopt;
  const auto restart_interval = static_cast<int>(libjpeg.restart_interval);
  if (restart_interval > 0 &&
      restart_interval * BlocksInMcu(*frame) < kLeastBlocksBetweenRestarts) {
    return std::nullopt;
  }
  BaselineScan scan;
  scan.frame = std::move(*frame);
  for (int i = 0; i < libjpeg.comps_in_scan; ++i) {
    // In the scan's order, which may differ from the frame's: samples are handed out in the latter.
    if (libjpeg.cur_comp_info[i] != &libjpeg.comp_info[i]) return std::nullopt;
    std::optional<ComponentCodes> codes = CodesFor(libjpeg, libjpeg.comp_info[i]);
    if (!codes) return std::nullopt;
    scan.codes.push_back(*codes);
  }
  scan.restart_interval = restart_interval;
  scan.data = {libjpeg.src->next_input_byte, libjpeg.src->bytes_in_buffer};
  return scan;
}

}  // namespace thimble
