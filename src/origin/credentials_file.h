// The shared credentials file of the AWS tools: an INI file with a section a profile.
//
//   [default]
//   aws_access_key_id = AKIA...
//   aws_secret_access_key = ...
//
// Pure but for ReadCredentialsFile. Errors: kBadSetting.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "origin/credentials.h"

namespace thimble {

// The file's text; nothing where there is no such file; kBadSetting where it cannot be read.
Expected<std::optional<std::string>> ReadCredentialsFile(const std::string& path);

// The keys of `profile`, some of which may be empty; nothing where the section is missing. Lines
// that are no section, comment or `name = value` are passed over, as the AWS tools do.
std::optional<Credentials> ProfileFromCredentialsText(std::string_view text,
                                                      std::string_view profile);

}  // namespace thimble
