// Whole-pixel sizes and the part of a source that is used.
#pragma once

#include <cstdint>

namespace thimble {

// How many units a length takes, the last of them perhaps in part. Neither is negative.
constexpr int DivideUp(int length, int unit) { return (length + unit - 1) / unit; }

struct Size {
  int width = 0;   // pixels
  int height = 0;  // pixels

  std::int64_t area() const { return std::int64_t{width} * height; }
  Size transposed() const { return {height, width}; }
  friend bool operator==(const Size&, const Size&) = default;
};

// A region of a picture in its stored orientation; edges may fall inside a pixel.
struct Region {
  double x = 0;  // pixels from the left edge
  double y = 0;  // pixels from the top edge
  double width = 0;
  double height = 0;
  friend bool operator==(const Region&, const Region&) = default;
};

}  // namespace thimble
