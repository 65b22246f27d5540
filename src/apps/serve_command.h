// `thimble serve`: starts the workers and the server, and runs until a signal.
//
// SIGTERM, SIGINT or SIGQUIT drains and ends with status 0; a second one ends at once with
// status 1. SIGHUP reads the settings again, and with them credentials and certificates; what is
// wrong then leaves everything as it was. SIGUSR1 and SIGUSR2 mean nothing here and cost nothing.
#pragma once

#include "base/error.h"
#include "settings/settings.h"
#include "settings/settings_loader.h"

namespace thimble {

// The exit status. `sources`: where `settings` came from.
int Serve(Settings settings, SettingsSources sources);

// What Serve would refuse: an origin or a worker program that is not there. Nothing is asked of the
// network. Errors: kBadSetting.
Status CheckServing(const Settings& settings);

}  // namespace thimble
