#include "worker/magic.h"

#include <string_view>

namespace thimble {

using std::string_view_literals::operator""sv;

bool BeginsLike(ImageFormat format, ByteSpan bytes) {
  const std::string_view text = TextOf(bytes);
  switch (format) {
    case ImageFormat::kJpeg: return text.starts_with("\xff\xd8\xff"sv);
    case ImageFormat::kPng: return text.starts_with("\x89PNG\r\n\x1a\n"sv);
    case ImageFormat::kWebp:
      return text.size() >= 12 && text.starts_with("RIFF"sv) && text.substr(8, 4) == "WEBP"sv;
  }
  return false;
}

std::optional<ImageFormat> FormatByMagic(ByteSpan bytes) {
  for (const ImageFormat format : {ImageFormat::kJpeg, ImageFormat::kPng, ImageFormat::kWebp}) {
    if (BeginsLike(format, bytes)) return format;
  }
  return std::nullopt;
}

}  // namespace thimble
