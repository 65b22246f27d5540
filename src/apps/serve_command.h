// `thimble serve`: starts the workers and the server, and runs until a signal.
//
// SIGTERM or SIGINT drains and ends with status 0; a second one ends at once with status 1.
#pragma once

#include "settings/settings.h"

namespace thimble {

// The exit status.
int Serve(const Settings& settings);

}  // namespace thimble
