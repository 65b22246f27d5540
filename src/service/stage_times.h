// How long the stages of making a picture took.
#pragma once

#include <chrono>

namespace thimble {

struct StageTimes {
  std::chrono::microseconds fetch{0};    // the original, its own queue included
  std::chrono::microseconds queue{0};    // waiting for a worker
  std::chrono::microseconds process{0};  // in the worker
};

}  // namespace thimble
