// Decoding at M/8 of the full size inside the DCT (JPEG only; 8 = full): "shrink on load".
#pragma once

#include <cstdint>

namespace thimble {

struct DecodeScale {
  std::int32_t eighths = 8;  // 1-8
  friend bool operator==(const DecodeScale&, const DecodeScale&) = default;
};

}  // namespace thimble
