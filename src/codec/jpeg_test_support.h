// For tests: the planes of a decoded JPEG gathered whole.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codec/decoder.h"
#include "codec/jpeg_file_test_support.h"

namespace thimble {

struct GatheredPlane {
  PlaneLayout layout;
  std::vector<std::uint8_t> samples;

  std::uint8_t at(int x, int y) const {
    return samples[static_cast<std::size_t>(y) * static_cast<std::size_t>(layout.size.width) +
                   static_cast<std::size_t>(x)];
  }
};

struct GatheredPicture {
  SourceInfo info;
  std::vector<GatheredPlane> planes;
};

// Opens, starts and decodes. Fails the running test when a band does not fit its layout, or rows
// are missing although decoding succeeded.
Expected<GatheredPicture> DecodeJpeg(ByteSpan jpeg, DecodeScale scale = {},
                                     const PictureLimits& limits = {});

// The code that opening or decoding ends with; nothing when it succeeds.
std::optional<ErrorCode> FailureOf(ByteSpan jpeg, DecodeScale scale = {},
                                   const PictureLimits& limits = {});

}  // namespace thimble
