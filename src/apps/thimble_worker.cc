// The engine's program: wiring only. Started by `thimble`, never by hand.

#include <malloc.h>

#include <cstdio>
#include <exception>
#include <span>
#include <string_view>

#include "engine/engine.h"
#include "worker/zygote.h"

namespace {

// Row buffers and result planes are larger than what malloc keeps by default: each job would map,
// fault in and unmap them anew, an eighth of a 1280 px job's time. A worker keeps up to this much
// between jobs instead.
constexpr int kKeptBlockBytes = 32 << 20;  // malloc's own upper limit for blocks of the heap
constexpr int kKeptHeapBytes = 64 << 20;

void KeepMemoryBetweenJobs() {
  mallopt(M_MMAP_THRESHOLD, kKeptBlockBytes);
  mallopt(M_TRIM_THRESHOLD, kKeptHeapBytes);
}

}  // namespace

int main(int count, char** words) {
  const std::span<char*> arguments(words, static_cast<std::size_t>(count));
  if (arguments.size() != 2 || std::string_view(arguments[1]) != "--zygote") {
    std::fputs("thimble-worker " THIMBLE_VERSION
               ": resizes pictures in a sandbox for `thimble`, which starts it. Not for running by "
               "hand.\n",
               stderr);
    return 2;
  }
  KeepMemoryBetweenJobs();
  try {
    return thimble::RunZygote({.resize = &thimble::ResizePictures,
                               .warm_up = &thimble::WarmUpEngine,
                               .libraries = &thimble::EngineLibraries});
  } catch (const std::exception& thrown) {  // by a library, where memory ran out
    std::fprintf(stderr, "thimble-worker: %s\n", thrown.what());
    return 1;
  }
}
