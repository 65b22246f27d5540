// Lanczos3 resampling of one 8-bit plane, row by row: source rows go in top down, finished rows
// come out.
//
// Both axes are described by the centre of each output sample in input samples, so that chroma
// planes, scaled decodes and crops stay aligned to the half pixel: centre(j) = (j + 0.5) * scale +
// offset, where input sample i covers [i, i + 1). The kernel is widened by `scale` when it is above
// 1 (antialiasing) and its weights are normalised; taps beyond an edge are left out. Weights are
// 16-bit fixed point; samples between the passes keep their overshoot.
//
// Memory: the rows under one output row's support (6 * max(1, scale) rows of the input's width),
// whatever the height. Thread-safety: none. Errors: kImageTooCostly without memory.
#pragma once

#include <cstdint>
#include <memory>

#include "base/error.h"
#include "image/plane.h"

namespace thimble {

struct AxisMap {
  std::int32_t in_size = 0;   // samples
  std::int32_t out_size = 0;  // samples
  double scale = 1;           // input samples an output sample; above 1 shrinks
  double offset = 0;          // input samples
};

class PlaneResampler {
 public:
  static Expected<PlaneResampler> Create(const AxisMap& horizontal, const AxisMap& vertical);
  PlaneResampler(PlaneResampler&&) noexcept;
  PlaneResampler& operator=(PlaneResampler&&) noexcept;
  ~PlaneResampler();

  // Takes the next source rows (rows.width == horizontal.in_size) and writes every output row that
  // became complete into its place in `out` (out_size.width x out_size.height; the same plane on
  // every call).
  void Push(PlaneView rows, MutablePlaneView out);

  // All output rows are written; further source rows are ignored.
  bool done() const;

 private:
  struct State;
  explicit PlaneResampler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace thimble
