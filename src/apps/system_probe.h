// What a server cannot do without, tried once before it starts: that way what is missing is one
// clear line, and not a riddle in the middle of serving.
#pragma once

#include "base/error.h"

namespace thimble {

// Errors: kBadSetting; the detail names the call and what may forbid it.
Status ProbeSystem();

}  // namespace thimble
