// The strong entity tag of a picture: a name that changes whenever its bytes could.
//
// Made from what the bytes are a function of: the original (its store's validator), what was asked
// (CanonicalText) and the engine that does it. So a picture's tag is known without making it, and
// every server of one version gives the same tag.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/validator.h"
#include "origin/origin.h"

namespace thimble {

// With its quotes, e.g. "\"6c1f...\"" (34 characters).
std::string EntityTagFor(std::string_view source_tag, std::string_view variant);

// Since when the engine makes the bytes that it makes. A picture is not older, however old its
// original: who only knows its date must not keep what an engine before this one has made.
std::chrono::sys_seconds EngineDate();

// What names the present version of a variant, when `source` names that of its original.
Validator ValidatorFor(const SourceValidator& source, std::string_view variant);

}  // namespace thimble
