// Lanczos3 resampling of one 8-bit plane, row by row: source rows go in top down, finished rows
// come out.
//
// Both axes are described by the centre of each output sample in input samples (AxisMap), so that
// chroma planes, scaled decodes and crops stay aligned to the half pixel. The kernel is widened by
// `scale` when it is above 1 (antialiasing) and its weights are normalised; taps beyond an edge are
// left out. Weights are 16-bit fixed point; samples between the passes keep their overshoot.
//
// Memory: the rows under one output row's support (6 * max(1, scale) rows of the input's width) and
// sixteen rows between the passes, whatever the height; all of it is allocated by Create.
// Thread-safety: none. Errors: kImageTooCostly without memory; kInternal for a map with an empty
// side or a scale that is not positive and finite.
#pragma once

#include <memory>

#include "base/error.h"
#include "image/plane.h"
#include "resample/axis_map.h"

namespace thimble {

class PlaneResampler {
 public:
  static Expected<PlaneResampler> Create(const AxisMap& horizontal, const AxisMap& vertical);
  PlaneResampler(PlaneResampler&&) noexcept;
  PlaneResampler& operator=(PlaneResampler&&) noexcept;
  ~PlaneResampler();

  // Takes the next source rows (rows.width == horizontal.in_size) and writes finished output rows
  // into their place in `out` (out_size.width x out_size.height; the same plane on every call).
  // Rows are finished sixteen at a time, the last of them when done() becomes true.
  void Push(PlaneView rows, MutablePlaneView out);

  // All output rows are written; further source rows are ignored.
  bool done() const;

 private:
  struct State;
  explicit PlaneResampler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace thimble
