// Opens files beneath one directory and nothing else: no `..`, no symbolic links (of the path or in
// it), nothing that is not a regular file. The kernel does the walking in one step (openat2); where
// it lacks that call or a container forbids it, we walk name by name.
//
// Keys are names, not paths to be tidied: a key with an empty, `.` or `..` segment or a NUL byte
// names no file, so that two keys never reach one file by spelling.
//
// Thread-safety: const calls from any thread. Errors of OpenRegular: kOriginalNotFound,
// kOriginalForbidden, kOriginFailed.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/unique_fd.h"

namespace thimble {

enum class PathWalk : std::uint8_t { kByKernel, kByName };

struct RegularFile {
  UniqueFd fd;
  struct stat info;
};

class DirectoryRoot {
 public:
  // The root itself may be reached through symbolic links. kBadSetting where it is no directory.
  static Expected<DirectoryRoot> Open(const std::string& path);
  // Which walk Open finds to work here.
  PathWalk walk() const { return walk_; }
  void set_walk(PathWalk walk) { walk_ = walk; }

  // Never blocks on what it opens: FIFOs and devices are turned away.
  Expected<RegularFile> OpenRegular(const std::string& key) const;

 private:
  DirectoryRoot(UniqueFd directory, PathWalk walk)
      : directory_(std::move(directory)), walk_(walk) {}

  UniqueFd directory_;
  PathWalk walk_;
};

}  // namespace thimble
