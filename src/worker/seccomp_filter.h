// The system calls a worker may make. See docs/decisions/0003-workers.md.
#pragma once

namespace thimble {

// For the calling process, for good. False when the kernel or an outer sandbox refuses the filter.
// Needs no_new_privs.
bool LoadSeccompFilter();

}  // namespace thimble
