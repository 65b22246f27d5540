// For tests: the file that libjpeg-turbo writes for planes, with optimal Huffman codes.
#pragma once

#include <cstdint>
#include <vector>

#include "image/plane.h"
#include "image/quality.h"

namespace thimble {

std::vector<std::uint8_t> EncodeByLibjpeg(const PlanarImage& picture, JpegQuality quality);

}  // namespace thimble
