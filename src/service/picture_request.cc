#include "service/picture_request.h"

#include <utility>

#include "spec/canonical_text.h"
#include "url/canonical_path.h"

namespace thimble {

// A key has no zero byte (it would be a bad path), so no two versions share a name.
PictureRequest::PictureRequest(SourceRef original, const TransformSpec& transform,
                               std::string_view version)
    : source(std::move(original)),
      spec(transform),
      text(CanonicalText(spec)),
      name(CanonicalPath(source, text)) {
  if (!version.empty()) {
    version_name.append(source.origin).append("/").append(source.key.bytes);
    version_name.append(1, '\0').append(version);
  }
}

}  // namespace thimble
