// The engine's program: wiring only. Started by `thimble`, never by hand.

#include <cstdio>
#include <span>
#include <string_view>

#include "engine/engine.h"
#include "worker/zygote.h"

int main(int count, char** words) {
  const std::span<char*> arguments(words, static_cast<std::size_t>(count));
  if (arguments.size() != 2 || std::string_view(arguments[1]) != "--zygote") {
    std::fputs("thimble-worker " THIMBLE_VERSION
               ": resizes pictures in a sandbox for `thimble`, which starts it. Not for running by "
               "hand.\n",
               stderr);
    return 2;
  }
  return thimble::RunZygote({.resize = &thimble::ResizePicture, .warm_up = &thimble::WarmUpEngine});
}
