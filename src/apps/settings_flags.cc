#include "apps/settings_flags.h"

#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>

#include "settings/settings_table.h"

namespace thimble {
namespace {

constexpr const char* kSandboxFlag = "--insecure-no-sandbox";

void AddFlag(CLI::App& command, const Setting& setting, SettingsSources& sources) {
  const std::string help = setting.help + " (" + setting.key + ")";
  if (setting.is_switch) {
    command.add_flag_callback(
        setting.flag, [&] { sources.flags.emplace_back(setting.flag, "true"); }, help);
    return;
  }
  command
      .add_option_function<std::string>(
          setting.flag,
          [&](const std::string& value) { sources.flags.emplace_back(setting.flag, value); }, help)
      ->type_name(setting.accepts);
}

void Complain(const Problems& problems) {
  for (const std::string& problem : problems)
    std::fprintf(stderr, "thimble: %s\n", problem.c_str());
}

}  // namespace

void AddSettingFlags(CLI::App& command, FlagSet flags, SettingsSources& sources) {
  command.add_option("--config", sources.config_file, "Settings file (TOML)")->type_name("FILE");
  for (const Setting& setting : AllSettings()) {
    const bool wanted = flags == FlagSet::kAll || setting.flag == kSandboxFlag;
    if (wanted && !setting.flag.empty()) AddFlag(command, setting, sources);
  }
}

void AddEnvironment(SettingsSources& sources) {
  for (char** entry = environ; *entry != nullptr; ++entry) sources.environment.emplace_back(*entry);
}

std::optional<Settings> LoadOrComplain(const SettingsSources& sources, Purpose purpose) {
  tl::expected<Settings, Problems> settings = LoadSettings(sources);
  if (!settings) {
    Complain(settings.error());
    return std::nullopt;
  }
  if (purpose == Purpose::kServing) {
    const Problems problems = ProblemsForServing(*settings);
    Complain(problems);
    if (!problems.empty()) return std::nullopt;
  }
  return std::move(*settings);
}

}  // namespace thimble
