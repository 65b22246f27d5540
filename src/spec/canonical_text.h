// The one text of a TransformSpec.
#pragma once

#include <string>

#include "spec/transform_spec.h"

namespace thimble {

// Stable text, equal exactly when the specs are, e.g. "w300 h0 contain q80 source". ASCII, no
// quotes.
std::string CanonicalText(const TransformSpec& spec);

}  // namespace thimble
