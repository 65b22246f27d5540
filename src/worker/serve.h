// The worker's loop: one batch after the other, from one socket, until the server closes it.
//
// Runs inside the sandbox; every system call it makes is in seccomp_filter.cc's list.
#pragma once

#include <span>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "engine/engine.h"
#include "image/limits.h"
#include "spec/transform_spec.h"

namespace thimble {

// What a worker runs, as values: thimble-worker gives the real engine, the sandbox's tests give
// engines that try to break out.
struct Engine {
  void (*resize)(ByteSpan source, std::span<const TransformSpec> targets,
                 const PictureLimits& limits, ResultSink& results);
  Status (*warm_up)();
  std::string (*libraries)();  // that its results depend on, for the entity tag
};

// Returns when the server has closed the socket; fails when the server said something that makes
// no sense.
Status ServeBatches(int channel, const Engine& engine);

}  // namespace thimble
