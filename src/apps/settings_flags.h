// The settings on the command line: adds the table's flags to a command and loads what was given.
#pragma once

#include <CLI/App.hpp>
#include <optional>

#include "settings/settings_loader.h"

namespace thimble {

enum class FlagSet { kAll, kSandboxOnly };

// `sources` must outlive the parsing of `command`.
void AddSettingFlags(CLI::App& command, FlagSet flags, SettingsSources& sources);

void AddEnvironment(SettingsSources& sources);

// Nothing when something is wrong, which it has then named on standard error. A server needs an
// origin as well.
enum class Purpose { kServing, kOther };
std::optional<Settings> LoadOrComplain(const SettingsSources& sources, Purpose purpose);

}  // namespace thimble
