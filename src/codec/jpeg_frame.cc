#include "codec/jpeg_frame.h"

#include <algorithm>
#include <iterator>

#include "image/size.h"

namespace thimble {
namespace {

bool IsChroma(ColorModel model, int component) {
  return (model == ColorModel::kYCbCr || model == ColorModel::kYcck) &&
         (component == 1 || component == 2);
}

QuantizationTable QuantizationOf(const JQUANT_TBL& table) {
  QuantizationTable quantization;
  std::transform(std::begin(table.quantval), std::end(table.quantval), quantization.begin(),
                 [](UINT16 step) { return static_cast<std::int16_t>(step); });
  return quantization;
}

// Its own where a scan of it has begun, else the one that will be.
const JQUANT_TBL* QuantizationFor(const jpeg_decompress_struct& libjpeg,
                                  const jpeg_component_info& component) {
  if (component.quant_table != nullptr) return component.quant_table;
  const int index = component.quant_tbl_no;
  return index >= 0 && index < NUM_QUANT_TBLS ? libjpeg.quant_tbl_ptrs[index] : nullptr;
}

// A length of the picture at a component's sampling and scale, in samples.
int ScaledLength(JDIMENSION length, int factor, int most, int block_side) {
  return static_cast<int>(
      (std::int64_t{length} * factor * block_side + std::int64_t{most} * DCTSIZE - 1) /
      (std::int64_t{most} * DCTSIZE));
}

}  // namespace

std::optional<ColorModel> ColorModelOf(const jpeg_decompress_struct& libjpeg) {
  switch (libjpeg.jpeg_color_space) {
    case JCS_GRAYSCALE: return ColorModel::kGray;
    case JCS_YCbCr: return ColorModel::kYCbCr;
    case JCS_RGB: return ColorModel::kRgb;
    case JCS_CMYK: return ColorModel::kCmyk;
    case JCS_YCCK: return ColorModel::kYcck;
    default: return std::nullopt;
  }
}

ChromaSubsampling ChromaSubsamplingOf(const jpeg_decompress_struct& libjpeg, ColorModel model) {
  if (model != ColorModel::kYCbCr && model != ColorModel::kYcck) return {};
  const jpeg_component_info& cb = libjpeg.comp_info[1];
  const jpeg_component_info& cr = libjpeg.comp_info[2];
  return {libjpeg.max_h_samp_factor / std::max(cb.h_samp_factor, cr.h_samp_factor),
          libjpeg.max_v_samp_factor / std::max(cb.v_samp_factor, cr.v_samp_factor)};
}

bool IsInverted(const jpeg_decompress_struct& libjpeg, int component) {
  return libjpeg.jpeg_color_space == JCS_CMYK ||
         (libjpeg.jpeg_color_space == JCS_YCCK && component == 3);
}

HuffmanCodes CodesOf(const JHUFF_TBL& table) {
  HuffmanCodes codes;
  std::copy(std::begin(table.bits), std::end(table.bits), codes.codes_of_length.begin());
  std::copy(std::begin(table.huffval), std::end(table.huffval), codes.symbols.begin());
  return codes;
}

std::optional<JpegFrame> FrameOf(const jpeg_decompress_struct& libjpeg) {
  JpegFrame frame;
  frame.mcus_across =
      DivideUp(static_cast<int>(libjpeg.image_width), libjpeg.max_h_samp_factor * DCTSIZE);
  frame.mcus_down =
      DivideUp(static_cast<int>(libjpeg.image_height), libjpeg.max_v_samp_factor * DCTSIZE);
  for (int i = 0; i < libjpeg.num_components; ++i) {
    const jpeg_component_info& component = libjpeg.comp_info[i];
    const JQUANT_TBL* const quantization = QuantizationFor(libjpeg, component);
    if (quantization == nullptr) return std::nullopt;
    frame.components.push_back(
        {.blocks_across = component.h_samp_factor,
         .blocks_down = component.v_samp_factor,
         .width = ScaledLength(libjpeg.image_width, component.h_samp_factor,
                               libjpeg.max_h_samp_factor, DCTSIZE),
         .height = ScaledLength(libjpeg.image_height, component.v_samp_factor,
                                libjpeg.max_v_samp_factor, DCTSIZE),
         .quantization = QuantizationOf(*quantization)});
  }
  return frame;
}

std::vector<int> BlockSidesFor(const jpeg_decompress_struct& libjpeg, ColorModel model,
                               DecodeScale scale) {
  const ChromaSubsampling finest_chroma = ChromaSubsamplingOf(libjpeg, model);
  std::vector<int> sides;
  for (int i = 0; i < libjpeg.num_components; ++i) {
    const jpeg_component_info& component = libjpeg.comp_info[i];
    const bool chroma = IsChroma(model, i);
    const ChromaSubsampling finest = chroma ? finest_chroma : ChromaSubsampling{};
    const int eighths = chroma ? scale.chroma_eighths : scale.eighths;
    const int side = std::max(
        DivideUp(eighths * libjpeg.max_h_samp_factor, component.h_samp_factor * finest.horizontal),
        DivideUp(eighths * libjpeg.max_v_samp_factor, component.v_samp_factor * finest.vertical));
    sides.push_back(std::min(side, DCTSIZE));
  }
  return sides;
}

PlaneLayout LayoutOf(const jpeg_decompress_struct& libjpeg, const jpeg_component_info& component,
                     int block_side) {
  const int most_x = libjpeg.max_h_samp_factor;
  const int most_y = libjpeg.max_v_samp_factor;
  const double block_pitch = static_cast<double>(DCTSIZE) / block_side;
  return {.size = {ScaledLength(libjpeg.image_width, component.h_samp_factor, most_x, block_side),
                   ScaledLength(libjpeg.image_height, component.v_samp_factor, most_y, block_side)},
          .pitch_x = block_pitch * most_x / component.h_samp_factor,
          .pitch_y = block_pitch * most_y / component.v_samp_factor,
          .holds_means = block_side == 1};
}

}  // namespace thimble
