// What a client is told about each error: a status and one sentence. Nothing of the original or the
// machine is ever in it; of the request only what a refusal of its URL quotes.
#pragma once

#include <string_view>

#include "base/error.h"

namespace thimble {

// The HTTP status of an error's answer, 400-599.
int StatusOf(ErrorCode code);

// E.g. "The original does not exist."
std::string_view SentenceOf(ErrorCode code);

// The sentence for the client: of a refused URL the error's own, which names the parameter and its
// value (url/request_url.h) and needs no escaping in JSON; else the code's.
std::string_view MessageOf(const Error& error);

// Whether an error is to be told as JSON: true when the Accept header (which may be empty) gives
// application/json a higher weight than text/plain, or the same and names it (application/* also
// does); a wildcard for everything names nothing.
bool WantsJson(std::string_view accept);

}  // namespace thimble
