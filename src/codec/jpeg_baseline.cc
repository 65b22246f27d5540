#include "codec/jpeg_baseline.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "image/size.h"

namespace thimble {
namespace {

HuffmanCodes CodesOf(const JHUFF_TBL& table) {
  HuffmanCodes codes;
  std::copy(std::begin(table.bits), std::end(table.bits), codes.codes_of_length.begin());
  std::copy(std::begin(table.huffval), std::end(table.huffval), codes.symbols.begin());
  return codes;
}

QuantizationTable QuantizationOf(const JQUANT_TBL& table) {
  QuantizationTable quantization;
  std::transform(std::begin(table.quantval), std::end(table.quantval), quantization.begin(),
                 [](UINT16 step) { return static_cast<std::int16_t>(step); });
  return quantization;
}

// Samples a side of a block; 0 where the sides differ.
int BlockSide(const jpeg_component_info& component) {
#if JPEG_LIB_VERSION >= 70
  if (component.DCT_h_scaled_size != component.DCT_v_scaled_size) return 0;
  return component.DCT_v_scaled_size;
#else
  return component.DCT_scaled_size;
#endif
}

template <class Table, std::size_t kSize>
const Table* TableAt(Table* const (&tables)[kSize], int index) {  // NOLINT(*-avoid-c-arrays)
  return index >= 0 && index < static_cast<int>(kSize) ? tables[index] : nullptr;
}

std::optional<ScanComponent> ComponentOf(const jpeg_decompress_struct& libjpeg,
                                         const jpeg_component_info& component) {
  const JQUANT_TBL* quantization = TableAt(libjpeg.quant_tbl_ptrs, component.quant_tbl_no);
  const JHUFF_TBL* dc = TableAt(libjpeg.dc_huff_tbl_ptrs, component.dc_tbl_no);
  const JHUFF_TBL* ac = TableAt(libjpeg.ac_huff_tbl_ptrs, component.ac_tbl_no);
  if (quantization == nullptr || dc == nullptr || ac == nullptr) return {};
  return ScanComponent{.blocks_across = component.h_samp_factor,
                       .blocks_down = component.v_samp_factor,
                       .quantization = QuantizationOf(*quantization),
                       .dc = CodesOf(*dc),
                       .ac = CodesOf(*ac)};
}

bool IsCommonKind(const jpeg_decompress_struct& libjpeg) {
  if (libjpeg.progressive_mode || libjpeg.arith_code || libjpeg.restart_interval != 0) return false;
  if (libjpeg.comps_in_scan != libjpeg.num_components) return false;
  // The MCU of a single component is one block, whatever its sampling factors say.
  return libjpeg.num_components > 1 ||
         (libjpeg.max_h_samp_factor == 1 && libjpeg.max_v_samp_factor == 1);
}

}  // namespace

std::optional<BaselineScan> BaselineScanOf(const jpeg_decompress_struct& libjpeg) {
  if (!IsCommonKind(libjpeg)) return std::nullopt;
  BaselineScan scan;
  for (int i = 0; i < libjpeg.comps_in_scan; ++i) {
    // In the scan's order, which may differ from the frame's: samples are handed out in the latter.
    if (libjpeg.cur_comp_info[i] != &libjpeg.comp_info[i]) return std::nullopt;
    std::optional<ScanComponent> component = ComponentOf(libjpeg, libjpeg.comp_info[i]);
    if (!component) return std::nullopt;
    scan.components.push_back(*component);
  }
  scan.mcus_across =
      DivideUp(static_cast<int>(libjpeg.image_width), libjpeg.max_h_samp_factor * DCTSIZE);
  scan.mcus_down =
      DivideUp(static_cast<int>(libjpeg.image_height), libjpeg.max_v_samp_factor * DCTSIZE);
  scan.data = {libjpeg.src->next_input_byte, libjpeg.src->bytes_in_buffer};
  return scan;
}

std::optional<std::vector<int>> BlockSidesOf(const jpeg_decompress_struct& libjpeg) {
  std::vector<int> sides;
  for (int i = 0; i < libjpeg.num_components; ++i) {
    const int side = BlockSide(libjpeg.comp_info[i]);
    if (side != 1 && side != 2 && side != 4 && side != 8) return std::nullopt;
    sides.push_back(side);
  }
  return sides;
}

}  // namespace thimble
