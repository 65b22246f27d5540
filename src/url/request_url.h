// URL text -> (source key, TransformSpec). Pure: no I/O, no clock.
//
// Paths are written in several dialects, a file each (docs/http-api.md has the reference):
//   dialects/resize.cc     /resize/{key...}?size=300&quality=80: as in the original system
//   dialects/parts.cc      /{key...}[/{label}][/resize/300x200][/quality/80][/format/webp]: as the
//                          Korean music portals write them
//   dialects/canonical.cc  /-/p/{origin}/{key...}/-/w300_q80: the one name of a variant
// query.cc reads ?w=300&h=200&fit=cover&q=80&format=webp&auto=format, added to the first two.
//
// The path is split at '/' first and each segment is percent-decoded exactly once. The key is those
// bytes, never normalised, since S3 keys are opaque: it may have empty segments and backslashes. A
// path that cannot be a key (empty, with dot segments, %00 or other control characters, broken
// UTF-8 or broken escapes) is kBadPath. A key whose own folders look like parts ("a/quality/b.jpg")
// is reached by /resize/, or with %2F.
//
// Example (request_url_test.cc):
//   ParseResizeRequest("/resize/a/b.jpg?size=300", "", policy)->source.key.bytes == "a/b.jpg"
//
// Errors: kBadPath, kOriginalNotFound, kUnknownParameter, kBadParameter, kConflictingParameters,
// kVariantNotAllowed. The details are sentences for the client: they say which parameter and value
// are meant, and hold nothing but what it sent and, of sizes and qualities, what the operator
// allows instead.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/source_ref.h"
#include "spec/transform_spec.h"
#include "url/policy.h"

namespace thimble {

struct ResizeRequest {
  SourceRef source;
  TransformSpec spec;
  bool varies_by_accept = false;  // `auto=format` was asked: the answer needs `Vary: Accept`
  std::string version;  // what the version parameters say; empty: nothing. No part of the spec
};

// `target` is the request-target as received (path and query, no fragment); `accept` the Accept
// header or empty.
Expected<ResizeRequest> ParseResizeRequest(std::string_view target, std::string_view accept,
                                           const UrlPolicy& policy);

}  // namespace thimble
