// thimble-worker with the evil engine.

#include "evil_engine.h"
#include "worker/zygote.h"

int main() {
  return thimble::RunZygote({.resize = &thimble::EvilEngine,
                             .warm_up = &thimble::EvilWarmUp,
                             .libraries = &thimble::EvilLibraries});
}
