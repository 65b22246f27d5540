#include "http/accept.h"

#include <algorithm>

#include "http/media_ranges.h"

namespace thimble {

std::optional<ImageFormat> FormatFromAccept(std::string_view accept) {
  const std::optional<MediaRanges> ranges = MediaRanges::FromAccept(accept);
  if (!ranges) return std::nullopt;
  const int webp = ranges->WeightOfRange(MediaTypeOf(ImageFormat::kWebp)).value_or(0);
  const int others = std::max(ranges->WeightOfType(MediaTypeOf(ImageFormat::kJpeg)),
                              ranges->WeightOfType(MediaTypeOf(ImageFormat::kPng)));
  if (webp == 0 || webp < others) return std::nullopt;
  return ImageFormat::kWebp;
}

}  // namespace thimble
