// What was asked: the immutable meaning of a URL, whichever dialect it was written in.
//
// Everything is resolved: defaults are applied, `dpr` is multiplied in, `auto=format` has become a
// format, the operator's bounds have been applied. Two URLs that mean the same have equal specs, so
// `CanonicalText(spec)` can name the result in every store and be part of the entity tag. What will
// be *done* depends on the picture too: see plan.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "image/image_format.h"
#include "image/quality.h"

namespace thimble {

enum class Fit : std::uint8_t {
  kContain = 0,  // the whole picture inside the box, aspect ratio kept
  kCover = 1,    // the box filled, aspect ratio kept, what overhangs is cropped evenly
  kFill = 2,     // exactly the box, aspect ratio given up
};

struct TransformSpec {
  // The box in output pixels, upright. 0: not asked for, follows from the aspect ratio. At least
  // one is positive.
  std::int32_t width = 0;
  std::int32_t height = 0;
  Fit fit = Fit::kContain;
  bool enlarge = false;  // may the result have more pixels a side than the source?
  RequestedQuality quality;
  std::optional<ImageFormat> format;  // nothing: the source's own, decided by its bytes
  // Only with a format: the source's own instead where `format` cannot hold a side of the result.
  bool format_may_fall_back = false;

  friend bool operator==(const TransformSpec&, const TransformSpec&) = default;
};

// "contain", "cover", "fill".
std::string_view NameOf(Fit fit);
std::optional<Fit> FitFromName(std::string_view name);

}  // namespace thimble
