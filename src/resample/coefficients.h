// Which input samples make up each output sample of one axis, and their fixed-point weights.
//
// Weights come in pairs because the passes multiply two samples at a time: pair p holds the inputs
// input_begin + 2p and input_begin + 2p + 1. Each output's pairs are consecutive; inputs of its
// first or last pair that are not under the kernel have weight 0.
//
// Ownership: owns its tables. Errors: as PlaneResampler::Create.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "resample/aligned_array.h"
#include "resample/axis_map.h"

namespace thimble {

struct AxisCoefficients {
  std::size_t outputs = 0;
  std::size_t input_begin = 0;  // the first input sample that any output needs
  std::size_t input_end = 0;    // past the last one
  std::size_t max_pairs = 0;    // weight pairs kept for every output
  int shift = 0;                // the weights of one output sum to 1 << shift; 14-16

  AlignedArray<std::int32_t> first_pair;  // [output]
  AlignedArray<std::int32_t> tap_end;     // [output] past the last tap, counted from input_begin
  AlignedArray<std::int16_t> weights;     // [output][max_pairs][2]

  std::size_t inputs() const { return input_end - input_begin; }
  std::size_t first_pair_of(std::size_t output) const {
    return static_cast<std::size_t>(first_pair[output]);
  }
  std::size_t tap_end_of(std::size_t output) const {
    return static_cast<std::size_t>(tap_end[output]);
  }
  // Pairs of `output` that hold a tap: at most max_pairs.
  std::size_t pairs_of(std::size_t output) const {
    return (tap_end_of(output) + 1) / 2 - first_pair_of(output);
  }
  const std::int16_t* weights_of(std::size_t output) const {
    return weights.data() + output * max_pairs * 2;
  }
};

Expected<AxisCoefficients> CreateAxisCoefficients(const AxisMap& map);

}  // namespace thimble
