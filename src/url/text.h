// The text level of a request target: where the path ends, which bytes it names, and which
// parameters the query has. Nothing here knows what a picture is.
//
// A path is split at '/' first, and each segment is percent-decoded exactly once, so a key may hold
// a literal '%' (written %25), a '+' (a plus is a plus in a path) or any UTF-8, and is never
// normalised. An encoded slash (%2F) is accepted, since clients that encode a whole key as one
// component write it; what it decodes to is then checked as if the slash had been plain, so it
// cannot smuggle a dot segment.
//
// Errors: kBadPath for paths, kBadParameter for queries. The details hold nothing of the request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thimble {

struct TargetParts {
  std::string_view path;   // as received
  std::string_view query;  // after the first '?'; empty without one
};

TargetParts SplitTarget(std::string_view target);

// The decoded segments of a path that begins with '/'. There is at least one; any may be empty,
// since a store's keys may hold "//" and end with a slash. None is "." or ".." (nor becomes so at
// an encoded slash or at a backslash), all are UTF-8 without ASCII control characters.
Expected<std::vector<std::string>> DecodedSegments(std::string_view path);

struct QueryPair {
  std::string name;            // decoded, not empty
  std::string_view raw_value;  // as received; empty also where there is no '='
};

// The pairs between the '&', in order; empty ones mean nothing and are passed over.
Expected<std::vector<QueryPair>> QueryPairs(std::string_view query);

// Each escape once; nothing when one is broken. '+' stays a plus: no value of ours may hold a
// space.
std::optional<std::string> PercentDecoded(std::string_view text);

// Is the text well-formed UTF-8 (Unicode's table 3-7: no overlong forms, no surrogates, nothing
// above U+10FFFF)?
bool IsUtf8(std::string_view text);

}  // namespace thimble
