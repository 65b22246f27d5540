#include "url/dialects.h"

namespace thimble {

bool IsResizeDialect(std::span<const std::string> segments) {
  return segments.size() > 1 && segments[0] == "resize";
}

SourceKey KeyOfResizeDialect(std::span<const std::string> segments) {
  THIMBLE_CHECK(IsResizeDialect(segments));
  return KeyFromSegments(segments.subspan(1));
}

}  // namespace thimble
