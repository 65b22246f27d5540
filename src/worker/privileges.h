// Gives up what root has: capabilities, and the user id where that is safe.
#pragma once

namespace thimble {

// True when no capability is left and, if that could be done, the user is nobody. The user id stays
// when the server would lack the right (CAP_KILL) to end a process of another user.
bool DropPrivileges();

}  // namespace thimble
