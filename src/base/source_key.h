// The name of an original inside its origin: opaque bytes, without a leading slash. Never
// normalised: `a//b`, NFC and NFD spellings are different keys.
#pragma once

#include <string>

namespace thimble {

struct SourceKey {
  std::string bytes;
  friend bool operator==(const SourceKey&, const SourceKey&) = default;
};

}  // namespace thimble
