// The query parameters, added to either dialect: imgix's names, the plain words for them, and CSS's
// words for fitting.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "url/asked.h"
#include "url/parameter.h"

namespace thimble {

// All that have a meaning of their own.
std::span<const Parameter> QueryParameters();

// Is `name` the name of one of those?
bool IsQueryParameter(std::string_view name);

// Names that have no meaning for the picture. A `*` at the end of a pattern stands for anything.
struct OtherNames {
  std::span<const std::string> ignored;  // patterns
  std::span<const std::string> version;  // patterns
};

// Reads `query` (without its '?') into `asked`. Names are case-sensitive; the first fault found
// decides. Gives what the version parameters say, names and values as received and in their order;
// empty: there is none. Ignored and version parameters may have any value or none.
// Errors: kUnknownParameter, kBadParameter, kConflictingParameters; each detail names the parameter
// and may be shown to the client.
Expected<std::string> ReadQuery(std::string_view query, const OtherNames& others, Asked& asked);

}  // namespace thimble
