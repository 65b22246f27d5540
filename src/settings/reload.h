// What settings that were read again mean for a server that runs with others.
//
// Pure. Thread-safety: values.
#pragma once

#include <string>
#include <vector>

#include "settings/settings.h"

namespace thimble {

struct ReloadPlan {
  Settings settings;                  // `fresh`, but for what cannot change while the server runs
  std::vector<std::string> changed;   // the keys of the settings that differ and take effect
  std::vector<std::string> deferred;  // those that differ and need a restart

  // Whether pictures may be made or answered in another way, so that those made before must go.
  // Credentials are no reason, nor is the log.
  bool changes_pictures() const;
};

// Both as LoadSettings gives them.
ReloadPlan PlanReload(const Settings& running, Settings fresh);

}  // namespace thimble
