// The one path of a variant: its name in every store, and a URL that is served.
//
//   /-/p/default/svc/album/cover.jpg/-/w300_q80
//
// The key is escaped: of its bytes, letters, digits, "-._~" and '/' stay as they are, and a segment
// that is "-" alone as well as a '~' at the beginning are escaped too. An escaped key of more than
// 700 bytes is replaced by '~' and its SHA-256 (object stores take names up to 1,024 bytes).
//
// Results are kept under these names: canonical_paths.txt holds examples that must stay.
#pragma once

#include <string>
#include <string_view>

#include "base/source_ref.h"

namespace thimble {

// `text` is the spec's canonical text.
std::string CanonicalPath(const SourceRef& source, std::string_view text);

// What stands for a long key, instead of its escaped form.
bool IsHashedKey(std::string_view text);

}  // namespace thimble
