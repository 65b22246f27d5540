// The query parameters, added to either dialect: imgix's names, and CSS's words for fitting.
#pragma once

#include <string_view>

#include "base/error.h"
#include "transform/asked.h"

namespace thimble {

// Reads `query` (without its '?') into `asked`. Names are case-sensitive; the first fault found
// decides. Errors: kUnknownParameter, kBadParameter, kConflictingParameters.
Status ReadQuery(std::string_view query, Asked& asked);

}  // namespace thimble
