// Tries once, before the server starts, all that it needs of the system. So what is missing is told
// in one clear line, and not by requests that fail later.
#pragma once

#include "base/error.h"

namespace thimble {

// Errors: kBadSetting; the detail names the call and what may forbid it.
Status ProbeSystem();

}  // namespace thimble
