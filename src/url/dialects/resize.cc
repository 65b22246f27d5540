#include "url/dialects/dialects.h"

namespace thimble {

bool ClaimsResizePath(std::string_view path) { return FolderOf(path) == "resize"; }

Expected<PathReading> ReadResizePath(std::string_view path, const UrlPolicy& /*policy*/,
                                     Asked& /*asked*/) {
  THIMBLE_TRY(const std::vector<std::string> segments, DecodedSegments(path));
  return PathReading{.key = KeyFromSegments(std::span(segments).subspan(1)), .spec = {}};
}

}  // namespace thimble
