// Lanczos3 resampling of planes that lie under an alpha plane, row by row: source rows go in top
// down, finished rows come out.
//
// A sample counts as much as it is seen. So samples are multiplied by their alpha before they are
// resampled, and divided by the resampled alpha behind it: what is hidden cannot bleed into what is
// not. At an edge the kernel overshoots, colour and alpha by the same share. Their quotient is the
// colour that was meant, but only while neither has been clamped or rounded; so what is between is
// neither. Of a result that is not opaque the quotient stays in the range of what is visible nearby
// (visible_range.h).
//
// Geometry, kernel and weights are those of PlaneResampler. Results are the same on every CPU.
//
// Memory: about fifty rows of the input's width, of 4 bytes a sample, whatever the scale and the
// height; all of it is allocated by Create.
// Thread-safety: none. Errors: as PlaneResampler::Create.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/error.h"
#include "image/plane.h"
#include "resample/axis_map.h"

namespace thimble {

class AlphaResampler {
 public:
  // `neutral_samples`: of each colour plane, at most three, what it is given where the result is
  // fully transparent.
  static Expected<AlphaResampler> Create(const AxisMap& horizontal, const AxisMap& vertical,
                                         std::span<const std::uint8_t> neutral_samples);
  AlphaResampler(AlphaResampler&&) noexcept;
  AlphaResampler& operator=(AlphaResampler&&) noexcept;
  ~AlphaResampler();

  // Takes the next source rows of the colour planes and of alpha, equally many, and writes finished
  // output rows into their places in `out`: the colour planes, then alpha, the same on every call.
  // Sizes as in PlaneResampler::Push.
  void Push(std::span<const PlaneView> colors, PlaneView alpha,
            std::span<const MutablePlaneView> out);

  // All output rows are written; further source rows are ignored.
  bool done() const;

 private:
  struct State;
  explicit AlphaResampler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace thimble
