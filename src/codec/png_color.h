// What a PNG's chunks say about its colours (PNG, third edition, 4.3): of cICP, iCCP, sRGB and gAMA
// with cHRM the first of this order that can be used, as browsers do. Where the specification is
// silent, what Chromium does (test/fidelity).
//
// Not through libpng, which knows no cICP, takes an sRGB chunk before a profile and no RGB profile
// for gray.
//
// Thread-safety: pure. Errors: none; what is odd counts as absent.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "image/color_encoding.h"

namespace thimble {

// At most one of the two; neither means sRGB.
struct PngColor {
  std::vector<std::uint8_t> icc_profile;
  std::optional<ColorEncoding> encoding;
};

// `png`: the whole file. Profiles of more than `max_icc_bytes` are absent.
PngColor ColorOfPng(ByteSpan png, std::int64_t max_icc_bytes);

}  // namespace thimble
