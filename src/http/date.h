// HTTP's dates (RFC 9110, 5.6.7): written in the one preferred form, read in all three.
//
// Pure; no clock, no locale.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace thimble {

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string FormatHttpDate(std::chrono::sys_seconds moment);

// Nothing when the text is no valid date; the caller then ignores the field, as the RFC wants.
// The weekday is not checked against the date. Two-digit years are 1970 to 2069.
std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text);

}  // namespace thimble
