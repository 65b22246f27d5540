// The process that forks workers. The server starts it once. It has one thread, has used its codecs
// once so that their tables are ready, and holds no secrets: it has no environment, and no
// descriptors but its socket and standard error.
#pragma once

#include "worker/serve.h"

namespace thimble {

// Serves the server at descriptor kChannelFd (protocol.h) until it closes the socket. Returns the
// program's exit status: 0, or 2 when there is no server at that descriptor. Workers die with it.
int RunZygote(const Engine& engine);

}  // namespace thimble
