#include "evil_engine.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>

namespace thimble {

ResizeOutcome HonestResult(MutableByteSpan out) {
  const std::string bytes = "\xff\xd8\xff" + std::to_string(::getpid());
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return {.bytes = bytes.size(), .format = ImageFormat::kJpeg, .size = {1, 1}};
}

namespace {

Expected<ResizeOutcome> Perform(std::string_view verb, const EvilJob& job) {
  if (verb == "fine" || verb == "reread") return HonestResult(job.out);
  for (const auto find : {&FindBatchDeed, &FindCrash, &FindEscape, &FindReply}) {
    if (const Deed deed = find(verb)) return deed(job);
  }
  return Fail(ErrorCode::kUnsupportedFormat, "no such verb\n\x1b[31mforged line");
}

// Goes on looking at the source when its results are delivered, as a codec that cleans up might.
void Reread(std::string_view source) {
  const std::string before(source);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  while (std::chrono::steady_clock::now() < end) {
    if (source != before) std::abort();
  }
}

}  // namespace

void EvilEngine(ByteSpan source, std::span<const TransformSpec> targets, const PictureLimits&,
                ResultSink& results) {
  const std::string_view text = TextOf(source);
  const std::size_t space = std::min(text.find(' '), text.size());
  const std::string_view verb = text.substr(0, space);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const EvilJob job{.argument = text.substr(std::min(space + 1, text.size())),
                      .out = results.Room(),
                      .width = targets[i].width,
                      .in_batch = targets.size() > 1};
    results.Deliver(i, Perform(verb, job));
  }
  if (verb == "reread") Reread(text);
}

std::string EvilLibraries() { return "evil 1.0"; }

Status EvilWarmUp() { return {}; }

}  // namespace thimble
