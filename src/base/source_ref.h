// Which original: the origin's name and the key inside it.
#pragma once

#include <string>

#include "base/source_key.h"

namespace thimble {

struct SourceRef {
  std::string origin = "default";  // a-z, 0-9 and '-'; at most 32, and not "-" alone
  SourceKey key;
  friend bool operator==(const SourceRef&, const SourceRef&) = default;
};

}  // namespace thimble
