#include "url/dialects/dialects.h"

namespace thimble {

bool ClaimsOwnPath(std::string_view path) { return FolderOf(path) == "-"; }

Expected<PathReading> RefuseOwnPath(std::string_view /*path*/, const UrlPolicy& /*policy*/,
                                    Asked& /*asked*/) {
  return Fail(ErrorCode::kBadPath,
              "what begins with /-/ is the server's own; a key that begins so is written "
              "/resize/-/...");
}

}  // namespace thimble
