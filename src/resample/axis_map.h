// Where the output samples of one axis lie among its input samples.
//
// The centre of output sample j, in input samples, is (j + 0.5) * scale + offset, where input
// sample i covers [i, i + 1). A plane with one sample for every p source pixels, cropped at source
// pixel c and reduced to one output sample for every r source pixels, has scale = r / p and
// offset = c / p. A centre outside the input counts as lying on its edge.
#pragma once

#include <cmath>
#include <cstdint>

namespace thimble {

struct AxisMap {
  std::int32_t in_size = 0;   // samples
  std::int32_t out_size = 0;  // samples
  double scale = 1;           // input samples an output sample; above 1 shrinks
  double offset = 0;          // input samples
  // So much of each of its two neighbours is subtracted from an input sample, and twice as much of
  // itself added, before it is resampled: for inputs that were blurred when they were made.
  double sharpening = 0;  // at most 1/16
};

// Is each output sample one of the input's, untouched?
inline bool CopiesSamples(const AxisMap& map) {
  return map.scale == 1 && map.offset == std::floor(map.offset) && map.offset >= 0 &&
         map.offset + map.out_size <= map.in_size && map.sharpening == 0;
}

}  // namespace thimble
