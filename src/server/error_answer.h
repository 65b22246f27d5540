// What a client is told about each error: a status and one fixed sentence. Nothing of the request,
// the original or the machine is ever in it.
#pragma once

#include <string_view>

#include "base/error.h"

namespace thimble {

// The HTTP status of an error's answer, 400-599.
int StatusOf(ErrorCode code);

// E.g. "The original does not exist."
std::string_view SentenceOf(ErrorCode code);

// Whether an answer may be given as JSON: true when the Accept header (which may be empty) names
// application/json with a quality above zero.
bool WantsJson(std::string_view accept);

}  // namespace thimble
