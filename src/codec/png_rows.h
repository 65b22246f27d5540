// How the pixels of a PNG of 8-bit samples are stored before they are deflated.
#pragma once

#include <cstddef>

namespace thimble {

inline constexpr int kPngFilterTypes = 5;  // none, sub, up, average, Paeth

// One byte for the filter's type, then the row's samples.
constexpr std::size_t StoredPngRowBytes(int width, int channels) {
  return 1 + static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
}

}  // namespace thimble
