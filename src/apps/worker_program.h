// Where the worker's program is: `configured`, else the file thimble-worker beside this program.
#pragma once

#include <string>

#include "base/error.h"

namespace thimble {

// Errors: kBadSetting when there is no such program.
Expected<std::string> FindWorkerProgram(const std::string& configured);

}  // namespace thimble
