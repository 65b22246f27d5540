// Pictures for the engine's tests: painted from a function, encoded with our own encoders, decoded
// whole.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "image/image_format.h"
#include "image/orientation.h"
#include "image/plane.h"
#include "spec/transform_spec.h"

namespace thimble {

using Bytes = std::vector<std::uint8_t>;
using Color = std::array<std::uint8_t, 4>;  // R, G, B, A; straight
using Painter = std::function<Color(int x, int y)>;

PlanarImage Paint(Size size, const Painter& painter, bool with_alpha);

Bytes PaintedPng(Size size, const Painter& painter, bool with_alpha = false);
Bytes PaintedJpeg(Size size, const Painter& painter, ChromaSubsampling chroma = {2, 2},
                  int quality = 95);
Bytes PaintedWebp(Size size, const Painter& painter, bool with_alpha = false, int quality = 95);

// Puts an EXIF segment with only this orientation behind a JPEG's SOI.
Bytes WithExifOrientation(Bytes jpeg, Orientation orientation);

// Quality 90.
TransformSpec Width(int width, std::optional<ImageFormat> format = std::nullopt);

// A whole picture as RGB (chroma repeated, not smoothed), alpha 255 where there is none.
class DecodedPicture {
 public:
  static std::optional<DecodedPicture> From(ByteSpan encoded);

  Size size() const { return size_; }
  ImageFormat format() const { return format_; }
  bool has_alpha() const { return has_alpha_; }
  Color at(int x, int y) const {
    return pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) +
                   static_cast<std::size_t>(x)];
  }

 private:
  Size size_;
  ImageFormat format_ = ImageFormat::kJpeg;
  bool has_alpha_ = false;
  std::vector<Color> pixels_;
};

}  // namespace thimble
