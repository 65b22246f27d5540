#include "settings/reload.h"

#include <algorithm>
#include <utility>

#include "settings/settings_table.h"

namespace thimble {

bool ReloadPlan::changes_pictures() const {
  return std::any_of(changed.begin(), changed.end(), [](const std::string& key) {
    return !key.starts_with("http.") && !key.starts_with("log.");
  });
}

ReloadPlan PlanReload(const Settings& running, Settings fresh) {
  ReloadPlan reload{.settings = std::move(fresh), .changed = {}, .deferred = {}};
  for (const Setting& setting : AllSettings()) {
    const std::string before = setting.show(running);
    if (setting.show(reload.settings) == before) continue;
    if (!setting.needs_restart) {
      reload.changed.push_back(setting.key);
      continue;
    }
    reload.deferred.push_back(setting.key);
    // A value that was read once is read again from its own text, as a test of the table shows.
    static_cast<void>(setting.assign(reload.settings, RawValue::Text(before)));
  }
  return reload;
}

}  // namespace thimble
