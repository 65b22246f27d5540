// What was asked: the immutable meaning of a URL, whichever dialect it was written in.
//
// Everything that can be known without the picture is resolved: defaults are applied, `dpr` is
// multiplied in, the operator's bounds have been applied. Two URLs that mean the same have equal
// specs, so `CanonicalText(spec)` can name the result in every store and be part of the entity tag.
// What will be *done* depends on the picture too: see plan.h.
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

// What a client's Accept header allows beyond the formats that everybody can show.
enum class AcceptClass : std::uint8_t {
  kNone = 0,
  kWebp = 1,
};

// Pixels a side: far above every setting and far below where products of two overflow.
inline constexpr std::int32_t kMaxBoxSide = 1'000'000;

struct TransformSpec {
  // The box in output pixels, upright, at most kMaxBoxSide. 0: not asked for, follows from the
  // aspect ratio. At least one is positive.
  std::int32_t width = 0;
  std::int32_t height = 0;
  Fit fit = Fit::kContain;
  bool enlarge = false;  // may the result have more pixels a side than the source?
  RequestedQuality quality;
  std::optional<ImageFormat> format;  // nothing: the source's own, decided by its bytes
  // `auto=format`: the best format of this class, but the source's own where a side of the result
  // does not fit into that. Only without `format`.
  std::optional<AcceptClass> auto_format;

  friend bool operator==(const TransformSpec&, const TransformSpec&) = default;
};

// The format to make where the result fits into it; nothing: the source's own.
std::optional<ImageFormat> PreferredFormat(const TransformSpec& spec);

// Whether what is said above of the fields holds.
bool IsValid(const TransformSpec& spec);

// The one of all specs with this meaning that is compared and written: with one side alone nothing
// can overhang or be distorted, so every fit means kContain.
TransformSpec Canonical(TransformSpec spec);

// "contain", "cover", "fill".
std::string_view NameOf(Fit fit);
std::optional<Fit> FitFromName(std::string_view name);

}  // namespace thimble
