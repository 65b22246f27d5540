// The one text of a TransformSpec, and back.
//
//   w1280_q100   h200_q80_png   w300_h200_cover_enlarge_q80_auto-webp
//
//   text    = box [ "_" fit ] [ "_enlarge" ] "_q" quality [ "_" format ]
//   box     = "w" width [ "_h" height ] / "h" height
//   fit     = "cover" / "fill"
//   format  = "jpeg" / "png" / "webp" / "auto-none" / "auto-webp"
//
// Words stand in this order, numbers without leading zeros, and what has its neutral value is not
// written (a side that was not asked for, contain, the source's own format), so that an option
// which is added later changes no text of today. Letters, digits, '_' and '-' mean nothing special
// in URLs, object keys, file names and logs.
//
// Others depend on these texts: kept results are named by them, and entity tags are made of them.
// canonical_texts.txt holds examples that must stay; it only grows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "spec/transform_spec.h"

namespace thimble {

// No text is longer.
inline constexpr std::size_t kMaxSpecText = 128;

// Equal exactly when the specs mean the same. REQUIRES IsValid(spec).
std::string CanonicalText(const TransformSpec& spec);

// The spec with exactly this text; it is canonical and valid.
// Errors: kBadParameter, with a sentence for whoever wrote the text.
Expected<TransformSpec> ParseCanonicalText(std::string_view text);

}  // namespace thimble
