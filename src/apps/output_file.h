// Writes a result so that the name never stands for half of it: into a file beside it, then
// renamed. "-" is standard output.
//
// Errors: kSystem.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace thimble {

Status WriteOutput(const std::string& path, ByteSpan bytes);

}  // namespace thimble
