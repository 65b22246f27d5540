// The formats Thimble knows, their media types and the names used in URLs.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace thimble {

enum class ImageFormat : std::uint8_t { kJpeg = 1, kPng = 2, kWebp = 3 };

constexpr std::string_view MediaTypeOf(ImageFormat format) {
  switch (format) {
    case ImageFormat::kJpeg: return "image/jpeg";
    case ImageFormat::kPng: return "image/png";
    case ImageFormat::kWebp: return "image/webp";
  }
  return "application/octet-stream";
}

// "jpeg", "png", "webp".
constexpr std::string_view NameOf(ImageFormat format) { return MediaTypeOf(format).substr(6); }

// Accepts "jpg" too; anything else that is no name gives nothing.
constexpr std::optional<ImageFormat> ImageFormatFromName(std::string_view name) {
  if (name == "jpeg" || name == "jpg") return ImageFormat::kJpeg;
  if (name == "png") return ImageFormat::kPng;
  if (name == "webp") return ImageFormat::kWebp;
  return std::nullopt;
}

}  // namespace thimble
