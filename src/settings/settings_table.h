// Every setting there is: the one list that the file, the environment, the flags, `check-config`
// and docs/configuration.md have in common. To add a setting, add its field to settings.h, its row
// here and its line to the document; a test compares the two.
//
// Thread-safety: immutable after its first use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "settings/setting.h"

namespace thimble {

// In the order of the document.
const std::vector<Setting>& AllSettings();

// Null when there is none of that name.
const Setting* FindSetting(std::string_view key);

}  // namespace thimble
