// The worker's loop: one job after the other, from one socket, until the server closes it.
//
// Runs inside the sandbox; every system call it makes is in seccomp_filter.cc's list.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "engine/engine.h"
#include "image/limits.h"
#include "transform/transform_spec.h"

namespace thimble {

// What a worker runs, as values: thimble-worker gives the real engine, the sandbox's tests give
// engines that try to break out.
struct Engine {
  Expected<ResizeOutcome> (*resize)(ByteSpan source, const TransformSpec& spec,
                                    const PictureLimits& limits, MutableByteSpan out);
  Status (*warm_up)();
};

// Returns when the server has closed the socket; fails when the server said something that makes
// no sense.
Status ServeJobs(int channel, const Engine& engine);

}  // namespace thimble
