// What a picture's header says, before any pixel is decoded. Sizes are as stored, before
// orientation.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "image/color_encoding.h"
#include "image/color_model.h"
#include "image/image_format.h"
#include "image/orientation.h"
#include "image/size.h"

namespace thimble {

struct SourceInfo {
  ImageFormat format = ImageFormat::kJpeg;
  Size size;
  Orientation orientation = Orientation::kUpright;
  ColorModel model = ColorModel::kRgb;  // the planes that the decoder will deliver
  bool has_alpha = false;
  // Stripes or dots that a scaled decode would make moiré of; false where nobody has looked
  // (Decoder::HoldsFinePattern).
  bool has_fine_pattern = false;
  ChromaSubsampling chroma;  // of the Cb and Cr planes
  bool multi_pass =
      false;  // progressive JPEG, interlaced PNG: the decoder must hold the whole picture
  bool is_deep = false;  // 16 bits a sample
  // What the colours are: by a profile or by numbers, sRGB without either. A profile that is
  // unusable or too large counts as none.
  std::vector<std::uint8_t> icc_profile;
  std::optional<ColorEncoding> color_encoding = std::nullopt;
};

}  // namespace thimble
