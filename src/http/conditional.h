// Conditional requests (RFC 9110, section 13): may the client use what it already has?
//
// Pure. Only for requests whose answer would be a 200: errors come first.
#pragma once

#include <cstdint>
#include <string>

#include "base/validator.h"

namespace thimble {

// The fields as received; empty: absent. Lists spread over several lines are joined with ", ".
struct Preconditions {
  std::string if_match;
  std::string if_none_match;
  std::string if_modified_since;
  std::string if_unmodified_since;

  bool any() const {
    return !if_match.empty() || !if_none_match.empty() || !if_modified_since.empty() ||
           !if_unmodified_since.empty();
  }
};

enum class Verdict : std::uint8_t {
  kSend,                // 200
  kNotModified,         // 304
  kPreconditionFailed,  // 412
};

// In the order of RFC 9110, 13.2.2. Dates that do not parse are ignored.
Verdict Evaluate(const Preconditions& preconditions, const Validator& current);

// Whether the client has named the present version by its entity tag in If-None-Match: then it has
// once been given this picture. A date or "*" says nothing of the kind, and fits what is no picture
// at all.
bool HasPresentVersion(const Preconditions& preconditions, const Validator& current);

}  // namespace thimble
