// The strong entity tag of a picture: a name that changes whenever its bytes could.
//
// Made from what the bytes are a function of: the original (its store's validator), what was asked
// (CanonicalText) and whatever makes them, by a fingerprint. So a picture's tag is known without
// making it, and every server with the same engine and libraries gives the same tag. The program's
// version is no part of it: most versions make the same bytes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/validator.h"
#include "image/limits.h"
#include "origin/origin.h"

namespace thimble {

// What makes the bytes: the engine's revision, the libraries' versions and the settings that change
// results. A text for people too: where two servers differ, it says in what.
std::string FingerprintOf(std::string_view libraries, const PictureLimits& limits);

// With its quotes, e.g. "\"6c1f...\"" (34 characters).
std::string EntityTagFor(std::string_view source_tag, std::string_view variant,
                         std::string_view fingerprint);

// Since when the engine makes the bytes that it makes. A picture is not older, however old its
// original: who only knows its date must not keep what an engine before this one has made.
std::chrono::sys_seconds EngineDate();

// What names the present version of a variant, when `source` names that of its original.
Validator ValidatorFor(const SourceValidator& source, std::string_view variant,
                       std::string_view fingerprint);

}  // namespace thimble
