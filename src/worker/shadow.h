// Makes one result of a batch again, with the other JPEG decoder, and compares: how an operator
// sees in production whether the project's own decoder does what libjpeg-turbo does.
//
// Thread-safety: as the engine. Errors: none; where it cannot be compared, kNone.
#pragma once

#include <span>

#include "base/bytes.h"
#include "engine/engine.h"
#include "image/limits.h"
#include "spec/transform_spec.h"
#include "worker/decoder_comparison.h"
#include "worker/protocol.h"

namespace thimble {

using ResizeFunction = void (*)(ByteSpan source, std::span<const TransformSpec> targets,
                                const PictureLimits& limits, ResultSink& results);

// `answer` is what was made for one of the order's targets, and lies in `output`; `room` is unused.
DecoderComparison CompareDecoders(ResizeFunction resize, ByteSpan source, const BatchOrder& order,
                                  const AnswerMessage& answer, ByteSpan output,
                                  MutableByteSpan room);

}  // namespace thimble
