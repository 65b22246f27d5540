#include "settings/settings_loader.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/near_match.h"
#include "settings/addresses.h"
#include "settings/machine.h"
#include "settings/settings_file.h"
#include "settings/settings_table.h"

namespace thimble {
namespace {

constexpr std::string_view kEnvironmentPrefix = "THIMBLE_";
constexpr std::string_view kConfigVariable = "THIMBLE_CONFIG";
constexpr std::string_view kWorkerVariable = "THIMBLE_WORKER";  // short for workers.program
// Names test data for the tests, whose environment the servers they start inherit.
constexpr std::string_view kTestDataVariable = "THIMBLE_SHARED";

struct Variable {
  std::string_view name;
  std::string_view value;
};

Variable SplitVariable(std::string_view entry) {
  const std::size_t equals = std::min(entry.find('='), entry.size());
  return {entry.substr(0, equals), entry.substr(std::min(equals + 1, entry.size()))};
}

std::optional<std::string> FindVariable(const std::vector<std::string>& environment,
                                        std::string_view name) {
  for (const std::string& entry : environment) {
    const Variable variable = SplitVariable(entry);
    if (variable.name == name) return std::string(variable.value);
  }
  return std::nullopt;
}

// Kubernetes and Docker links describe a service called "thimble" in variables of this form
// (THIMBLE_SERVICE_HOST, THIMBLE_PORT_8080_TCP_ADDR): they are nobody's typo.
bool IsServiceDiscovery(Variable variable) {
  const auto has = [&](std::string_view part) {
    return variable.name.find(part) != std::string_view::npos;
  };
  const bool names_address = has("_PORT_") && (has("_TCP") || has("_UDP") || has("_SCTP"));
  const bool is_link =
      variable.name.ends_with("_PORT") && variable.value.find("://") != std::string_view::npos;
  return has("_SERVICE_HOST") || has("_SERVICE_PORT") || names_address || is_link;
}

std::string NoSuch(std::string_view what, std::string_view name,
                   const std::vector<std::string>& known) {
  std::string message = "no such " + std::string(what);
  if (const std::optional<std::string> nearest = NearestName(name, known)) {
    message += "; did you mean " + *nearest + "?";
  }
  return message;
}

class Loader {
 public:
  void ApplyFile(const std::string& path) {
    Expected<std::vector<FileEntry>> entries = ReadSettingsFile(path);
    if (!entries) return Report(entries.error().detail);
    for (const FileEntry& entry : *entries) ApplyFileEntry(entry);
  }

  void ApplyEnvironment(const std::vector<std::string>& environment) {
    for (const std::string& entry : environment) {
      const Variable variable = SplitVariable(entry);
      if (variable.name.starts_with(kEnvironmentPrefix)) ApplyVariable(variable);
    }
  }

  void ApplyFlag(const std::string& flag, const std::string& value) {
    const auto& table = AllSettings();
    const auto setting =
        std::find_if(table.begin(), table.end(), [&](const Setting& s) { return s.flag == flag; });
    if (setting == table.end()) return Report(flag + ": no such flag");
    Assign(*setting, flag, RawValue::Text(value));
  }

  // The original system's one setting.
  void ApplyBucket(const std::vector<std::string>& environment) {
    if (HasOrigin(settings_.origin)) return;
    const std::optional<std::string> bucket = FindVariable(environment, "BUCKET");
    if (bucket && !bucket->empty()) {
      Assign(*FindSetting("origin.url"), "BUCKET", RawValue::Text("s3://" + *bucket));
    }
  }

  tl::expected<Settings, Problems> Finish() && {
    if (settings_.workers.workers == 0) settings_.workers.workers = UsableCpus();
    CheckTogether();
    if (!problems_.empty()) return tl::unexpected<Problems>(std::move(problems_));
    return std::move(settings_);
  }

 private:
  void Report(std::string problem) { problems_.push_back(std::move(problem)); }

  void Assign(const Setting& setting, const std::string& where, const RawValue& value) {
    if (Status assigned = setting.assign(settings_, value); !assigned) {
      Report(where + ": " + setting.key + ": " + assigned.error().detail);
    }
  }

  void ApplyFileEntry(const FileEntry& entry) {
    const Setting* const setting = FindSetting(entry.key);
    if (setting != nullptr) return Assign(*setting, entry.where, entry.value);
    std::vector<std::string> keys;
    for (const Setting& known : AllSettings()) {
      if (known.key.starts_with(entry.key + '.')) return;  // a section without a line in it
      keys.push_back(known.key);
    }
    Report(entry.where + ": " + entry.key + ": " + NoSuch("setting", entry.key, keys));
  }

  void ApplyVariable(Variable variable) {
    const std::string name(variable.name);
    const RawValue value = RawValue::Text(std::string(variable.value));
    if (name == kConfigVariable || name == kTestDataVariable) return;
    if (name == kWorkerVariable) return Assign(*FindSetting("workers.program"), name, value);
    std::vector<std::string> names = {std::string(kConfigVariable), std::string(kWorkerVariable)};
    for (const Setting& known : AllSettings()) {
      const std::string known_name = EnvironmentNameOf(known);
      if (known_name == name) return Assign(known, name, value);
      names.push_back(known_name);
    }
    if (!IsServiceDiscovery(variable)) Report(name + ": " + NoSuch("setting", name, names));
  }

  void CheckTogether() {
    const UrlPolicy& urls = settings_.urls;
    const S3Settings& s3 = settings_.origin.s3;
    if (urls.default_width > urls.max_width) {
      Report("urls.default_width: larger than urls.max_width");
    }
    if (s3.access_key_id.empty() != s3.secret_access_key.empty()) {
      Report("s3.access_key_id and s3.secret_access_key: one is set without the other");
    }
    if (s3.anonymous && !s3.access_key_id.empty()) {
      Report("s3.anonymous and s3.access_key_id: one says not to sign, the other with what");
    }
  }

  Settings settings_ = DefaultSettings();
  Problems problems_;
};

}  // namespace

Settings DefaultSettings() {
  Settings settings;
  settings.workers.workers = 0;  // one a CPU
  return settings;
}

tl::expected<Settings, Problems> LoadSettings(const SettingsSources& sources) {
  Loader loader;
  const std::string config_file =
      sources.config_file.empty()
          ? FindVariable(sources.environment, kConfigVariable).value_or(std::string())
          : sources.config_file;
  if (!config_file.empty()) loader.ApplyFile(config_file);
  loader.ApplyEnvironment(sources.environment);
  for (const auto& [flag, value] : sources.flags) loader.ApplyFlag(flag, value);
  loader.ApplyBucket(sources.environment);
  return std::move(loader).Finish();
}

Problems ProblemsForServing(const Settings& settings) {
  if (HasOrigin(settings.origin)) return {};
  return {"origin.url: not set; give --origin file:DIR or --origin s3://BUCKET"};
}

}  // namespace thimble
