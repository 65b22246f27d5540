// The process that forks workers: started once by the server, single-threaded, warm, and without
// anything worth stealing (no environment, no descriptor but its socket and stderr).
#pragma once

#include "worker/serve.h"

namespace thimble {

// Serves the server at descriptor kChannelFd (protocol.h) until it closes the socket. Returns the
// program's exit status: 0, or 2 when there is no server at that descriptor. Workers die with it.
int RunZygote(const Engine& engine);

}  // namespace thimble
