// Landlock: the kernel's own unprivileged access control. Denies every file, TCP and signal access
// that the kernel's version knows of.
#pragma once

#include <cstdint>

namespace thimble {

// Needs no_new_privs. Returns the kernel's Landlock version, or 0 where there is none.
std::uint32_t DenyWithLandlock();

}  // namespace thimble
