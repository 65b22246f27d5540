// Originals from a directory tree: the key is the path beneath the root.
//
// Files are read by two threads of its own, so that a slow disk does not stop the server's; the
// caller is resumed on its executor. A file that changes while it is read is kOriginIncomplete.
// Entity tags are made of the time of the last change (nanoseconds), the size and the inode.
//
// Errors: see origin.h; kBadSetting from the factory. Destroying it waits for reads under way. Must
// not outlive the executors that wait for it.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "origin/origin.h"

namespace thimble {

Expected<std::unique_ptr<Origin>> MakeFileOrigin(const std::string& root,
                                                 const FetchLimits& limits);

}  // namespace thimble
