#include "evil_engine.h"

#include <unistd.h>

#include <algorithm>
#include <string>

namespace thimble {

ResizeOutcome HonestResult(MutableByteSpan out) {
  const std::string bytes = "\xff\xd8\xff" + std::to_string(::getpid());
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return {.bytes = bytes.size(), .format = ImageFormat::kJpeg, .size = {1, 1}};
}

Expected<ResizeOutcome> EvilEngine(ByteSpan source, const TransformSpec&, const PictureLimits&,
                                   MutableByteSpan out) {
  const std::string_view text = TextOf(source);
  const std::size_t space = std::min(text.find(' '), text.size());
  const std::string_view verb = text.substr(0, space);
  const EvilJob job{.argument = text.substr(std::min(space + 1, text.size())), .out = out};
  if (verb == "fine") return HonestResult(out);
  for (const auto find : {&FindCrash, &FindEscape, &FindReply}) {
    if (const Deed deed = find(verb)) return deed(job);
  }
  return Fail(ErrorCode::kUnsupportedFormat, "no such verb\n\x1b[31mforged line");
}

Status EvilWarmUp() { return {}; }

}  // namespace thimble
