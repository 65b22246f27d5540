// Decoding at M/8 of the full size inside the DCT (JPEG only; 8 = full): "shrink on load".
#pragma once

#include <compare>
#include <cstdint>

namespace thimble {

// Of each plane's own size, 1-8. Where planes of one kind were stored at different sizes, it is of
// the largest, and smaller ones are scaled less.
struct DecodeScale {
  std::int32_t eighths = 8;
  std::int32_t chroma_eighths = 8;  // Cb and Cr
  friend auto operator<=>(const DecodeScale&, const DecodeScale&) = default;
};

}  // namespace thimble
