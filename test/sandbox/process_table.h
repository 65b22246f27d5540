// What /proc says of processes and descriptors, for tests that count them.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace thimble {

struct ProcessEntry {
  pid_t pid = -1;
  pid_t parent = -1;
  char state = '?';  // 'Z': a zombie
};

std::vector<ProcessEntry> ChildrenOf(pid_t parent);
std::size_t OpenDescriptors();

}  // namespace thimble
