// For tests: writes PNG files by hand, without libpng, so that every field can be chosen or wrong.
// Pixels are stored, not compressed.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "codec/decode_test_support.h"
#include "image/size.h"

namespace thimble {

struct PngTestChunk {
  std::string_view name;
  Bytes payload;
};

struct PngTestFile {
  Size size{1, 1};
  int bit_depth = 8;
  int color_type = 0;  // 0 gray, 2 RGB, 3 palette, 4 gray + alpha, 6 RGBA
  bool interlaced = false;
  // The sample as it is stored: less than 2^bit_depth.
  std::function<unsigned(int x, int y, int channel)> sample = [](int, int, int) { return 0U; };
  // Of each row. The samples above are stored as they are, as if this filter had made them.
  std::function<int(int y)> filter = [](int) { return 0; };
  std::size_t max_idat_bytes = SIZE_MAX;    // a longer stream becomes several chunks
  std::vector<PngTestChunk> before_pixels;  // PLTE, tRNS, ...
};

Bytes PngBytes(const PngTestFile& file);

// One chunk with its length and its CRC.
Bytes PngChunkBytes(const PngTestChunk& chunk);

// A zlib stream that stores `bytes`.
Bytes StoredZlib(const Bytes& bytes);

int PngChannels(int color_type);

// What a row filter (0 to 4) predicts from the samples to the left (a), above (b) and above to the
// left (c), in the words of the specification.
int PngPrediction(int filter, int a, int b, int c);

}  // namespace thimble
