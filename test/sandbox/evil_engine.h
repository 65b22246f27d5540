// An engine that does what the "picture" says: "VERB ARGUMENT". The sandbox's tests run it in real
// workers. Verbs whose deed was refused, as they should be, give an honest result.
#pragma once

#include <span>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "engine/engine.h"

namespace thimble {

struct EvilJob {
  std::string_view argument;
  MutableByteSpan out;
  int width = 0;          // what was asked for
  bool in_batch = false;  // the batch has other targets
};
using Deed = Expected<ResizeOutcome> (*)(const EvilJob& job);
using NamedDeed = std::pair<std::string_view, Deed>;

// The tables of verbs; nullptr: not in this one.
Deed FindBatchDeed(std::string_view verb);
Deed FindCrash(std::string_view verb);
Deed FindEscape(std::string_view verb);
Deed FindReply(std::string_view verb);

// JPEG's first bytes and the worker's process id.
ResizeOutcome HonestResult(MutableByteSpan out);

void EvilEngine(ByteSpan source, std::span<const TransformSpec> targets,
                const PictureLimits& limits, ResultSink& results);
Status EvilWarmUp();
std::string EvilLibraries();

}  // namespace thimble
