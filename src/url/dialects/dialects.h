// The ways of writing a path. Each says whether a request target is written in it, and finds in it
// which original is meant and what is asked of it.
//
// A dialect gets the target as received: where one has signatures, those cover raw bytes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/source_ref.h"
#include "spec/transform_spec.h"
#include "url/asked.h"
#include "url/policy.h"
#include "url/text.h"

namespace thimble {

struct PathReading {
  SourceKey key;
  // Of paths that say all by themselves: nothing may be added by the query.
  std::optional<TransformSpec> spec;
};

struct Dialect {
  std::string_view name;
  bool (*claims)(std::string_view path);
  // What the path asks for goes to `asked`. The key may come out empty.
  // Errors: kBadPath, kBadParameter, kConflictingParameters, kVariantNotAllowed, kOriginalNotFound;
  // the detail of kBadPath completes "The path names no original: ".
  Expected<PathReading> (*read)(std::string_view path, const UrlPolicy& policy, Asked& asked);
};

// The first that claims the path. There always is one.
const Dialect& DialectOf(std::string_view path);

// dialects/canonical.cc: /-/p/{origin}/{key...}/-/{canonical text}, see canonical_path.h.
bool ClaimsCanonicalPath(std::string_view path);
Expected<PathReading> ReadCanonicalPath(std::string_view path, const UrlPolicy& policy,
                                        Asked& asked);

// dialects/own.cc: /-/..., the server's own paths. None of them is an original.
bool ClaimsOwnPath(std::string_view path);
Expected<PathReading> RefuseOwnPath(std::string_view path, const UrlPolicy& policy, Asked& asked);

// dialects/resize.cc: /resize/{key...}, the original system's. The key may hold anything, also what
// another dialect would take for its own.
bool ClaimsResizePath(std::string_view path);
Expected<PathReading> ReadResizePath(std::string_view path, const UrlPolicy& policy, Asked& asked);

// dialects/parts.cc: /{key...}[/{label}][/resize/300x200][/quality/80][/format/webp]. Parts are
// read from the end, in any order; then a label is passed over, also where no part follows it. A
// part's name is never a piece of the key: with a value that is none, the answer is an error and
// not another key.
bool ClaimsAnyPath(std::string_view path);
Expected<PathReading> ReadPartsPath(std::string_view path, const UrlPolicy& policy, Asked& asked);

// The first segment, decoded, where another follows it; else nothing.
std::optional<std::string> FolderOf(std::string_view path);

// The segments with their slashes put back; empty ones too.
SourceKey KeyFromSegments(std::span<const std::string> segments);

}  // namespace thimble
