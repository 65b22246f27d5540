// From what an operator wrote to Settings: defaults, then one TOML file, then THIMBLE_* variables,
// then flags; the later wins. A name nobody knows and a value that makes no sense are errors, and
// all of them are reported at once, since a typo must not be found one restart at a time.
//
//   [http]
//   keep_alive = "75s"        # also THIMBLE_HTTP_KEEP_ALIVE=75s
//
// Ownership: values. Errors: one line for each problem, naming where it stands; secrets are never
// repeated.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "settings/settings.h"

namespace thimble {

// What holds when nothing is set. workers.workers is 0 for one a CPU; LoadSettings resolves it.
Settings DefaultSettings();

struct SettingsSources {
  // Empty: THIMBLE_CONFIG of the environment, else no file.
  std::string config_file = {};
  // "NAME=value", as in environ(7).
  std::vector<std::string> environment = {};
  // Flag and value: {"--listen", "127.0.0.1:0"}. Flags are those of the table.
  std::vector<std::pair<std::string, std::string>> flags = {};
};

using Problems = std::vector<std::string>;

tl::expected<Settings, Problems> LoadSettings(const SettingsSources& sources);

// What only a server needs: an origin.
Problems ProblemsForServing(const Settings& settings);

}  // namespace thimble
