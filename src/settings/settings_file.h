// Reads a TOML file as a flat list of `section.key` and value, and knows nothing about settings.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "settings/setting.h"

namespace thimble {

struct FileEntry {
  std::string key;    // "http.keep_alive"
  std::string where;  // "thimble.toml:12"
  RawValue value;
};

// A section without a key is an entry of kind kOther named by the section alone.
// Errors: kBadSetting for a file that cannot be read or is no TOML; the detail names file and line.
Expected<std::vector<FileEntry>> ReadSettingsFile(const std::string& path);

}  // namespace thimble
