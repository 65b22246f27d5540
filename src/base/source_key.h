// The name of an original inside its origin: opaque bytes. Never normalised: `a/b`, `a//b`, `/a/b`
// and `a/b/` are different keys, and so are NFC and NFD spellings.
#pragma once

#include <string>

namespace thimble {

struct SourceKey {
  std::string bytes;
  friend bool operator==(const SourceKey&, const SourceKey&) = default;
};

}  // namespace thimble
