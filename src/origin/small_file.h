// A whole small text file, such as a token or a profile: read at once, on the calling thread.
//
// Errors: kBadSetting where it cannot be read or is larger than such a file can be.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"

namespace thimble {

// The file's text; nothing where there is no such file.
Expected<std::optional<std::string>> ReadSmallFile(const std::string& path);

// What a file was when it was looked at: another stamp means that it has been written or replaced
// since. Empty where there is no such file.
std::string StampOfFile(const std::string& path);

}  // namespace thimble
