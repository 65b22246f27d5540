// Looks at the sandbox from the inside before the first worker exists: a filter that loads without
// denying anything would be worse than none.
#pragma once

#include "base/error.h"
#include "worker/sandbox.h"

namespace thimble {

// Enters the sandbox in a child that then tries to open a file, to make a socket and to execute a
// program. `kSeccomp` is in the report only if the first two were refused and the third ended the
// child. Errors: kSystem when no child can be had.
Expected<SandboxReport> TestSandbox(const SandboxLimits& limits);

}  // namespace thimble
