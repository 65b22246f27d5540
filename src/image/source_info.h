// What a picture's header says, before any pixel is decoded. Sizes are as stored, before
// orientation.
#pragma once

#include <cstdint>
#include <vector>

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
  ChromaSubsampling chroma;  // of the Cb and Cr planes
  bool multi_pass =
      false;  // progressive JPEG, interlaced PNG: the decoder must hold the whole picture
  std::vector<std::uint8_t> icc_profile;  // empty: none, unusable or too large, so sRGB is assumed
};

}  // namespace thimble
