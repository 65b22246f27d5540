// URL text -> (source key, TransformSpec). Pure: no I/O, no clock.
//
// Three ways of writing meet here (docs/http-api.md has the reference):
//   /resize/{key...}?size=300&quality=80                 resize_dialect.cc   the original system's
//   /{key...}[/{label}][/resize/300][/quality/80][...]   parts_dialect.cc    the Korean music
//   portals'
//   ...?w=300&h=200&fit=cover&q=80&fm=webp&auto=format   query.cc            added to either
//
// The path is split at '/' first and each segment is percent-decoded exactly once; the key is those
// bytes, never normalised, since S3 keys are opaque. What can be no key (dot segments, %00, control
// characters, backslashes, broken UTF-8, broken escapes, empty segments) is kBadPath.
//
// Errors: kBadPath, kUnknownParameter, kBadParameter, kConflictingParameters, kVariantNotAllowed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/source_key.h"
#include "transform/transform_spec.h"

namespace thimble {

// What the operator decides about URLs.
struct UrlPolicy {
  std::int32_t default_width = 1280;
  std::int32_t default_quality = 100;
  bool enlarge_by_default = false;
  std::vector<std::string> labels = {
      "melon"};  // segments that may stand between the key and the parts
  std::int32_t max_width = 8192;
  std::int32_t max_height = 8192;
  // Empty: any. Applied to each asked side (after dpr) and to the quality.
  std::vector<std::int32_t> allowed_sizes;
  std::vector<std::int32_t> allowed_qualities;
  enum class WhenNotAllowed : std::uint8_t { kSnap, kReject };
  WhenNotAllowed when_not_allowed =
      WhenNotAllowed::kSnap;  // to the nearest not smaller, else the largest
};

struct ResizeRequest {
  SourceKey key;
  TransformSpec spec;
  bool varies_by_accept = false;  // `auto=format` was asked: the answer needs `Vary: Accept`
};

// `target` is the request-target as received (path and query, no fragment); `accept` the Accept
// header or empty.
Expected<ResizeRequest> ParseResizeRequest(std::string_view target, std::string_view accept,
                                           const UrlPolicy& policy);

}  // namespace thimble
