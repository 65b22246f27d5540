// The two ways of writing a path. Each takes the decoded segments of a path (see text.h: at
// least one) and finds the key in them.
#pragma once

#include <span>
#include <string>

#include "base/error.h"
#include "base/source_key.h"
#include "url/asked.h"

namespace thimble {

// /resize/{key...}: the original system's. The key may hold anything, also what the other dialect
// would take for parts.
bool IsResizeDialect(std::span<const std::string> segments);
// REQUIRES IsResizeDialect(segments).
SourceKey KeyOfResizeDialect(std::span<const std::string> segments);

// /{key...}[/{label}][/resize/300x200][/quality/80][/format/webp]: parts are read from the end, in
// any order; then a label is passed over, also where no part follows it. A part's name is never a
// piece of the key: with a value that is none, the answer is an error and not another key.
// Errors: kBadPath (no key is left), kBadParameter, kConflictingParameters.
Expected<SourceKey> ReadPartsDialect(std::span<const std::string> segments,
                                     std::span<const std::string> labels, Asked& asked);

// The segments with their slashes put back; empty ones too.
SourceKey KeyFromSegments(std::span<const std::string> segments);

}  // namespace thimble
