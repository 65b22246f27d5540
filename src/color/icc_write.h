// Writes the smallest ICC profiles that say what has to be said: tone curves and a matrix.
//
// Thread-safety: pure functions. Errors: empty where no profile can say it (primaries on one line)
// or without memory.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "image/color_encoding.h"

namespace thimble {

std::vector<std::uint8_t> WriteGrayProfile(const TransferCurve& transfer);
std::vector<std::uint8_t> WriteRgbProfile(const ColorEncoding& encoding);
// [row][column]; the columns are the D50-adapted XYZ of red, green and blue.
std::vector<std::uint8_t> WriteRgbProfile(const std::array<std::array<double, 3>, 3>& colorants,
                                          const TransferCurve& transfer);

}  // namespace thimble
