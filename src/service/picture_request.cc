#include "service/picture_request.h"

#include <utility>

#include "spec/canonical_text.h"

namespace thimble {

// A key has no zero byte (it would be a bad path), so no two variants share a name.
PictureRequest::PictureRequest(SourceKey source_key, const TransformSpec& transform,
                               std::string_view version)
    : key(std::move(source_key)),
      spec(transform),
      text(CanonicalText(spec)),
      name(key.bytes + '\0' + text),
      version_name(version.empty() ? std::string() : (key.bytes + '\0').append(version)) {}

}  // namespace thimble
