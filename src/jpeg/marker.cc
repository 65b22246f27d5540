#include "jpeg/marker.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace thimble {

std::size_t BytesBeforeMarker(ByteSpan data) {
  std::size_t before = 0;
  while (before < data.size()) {
    const void* const found =
        std::memchr(data.data() + before, kMarkerPrefix, data.size() - before);
    if (found == nullptr) break;
    before = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - data.data());
    if (before + 1 == data.size() || data[before + 1] != marker::kStuffedZero) return before;
    before += 2;
  }
  return data.size();
}

std::optional<std::uint8_t> TakeMarker(ByteSpan& data) {
  while (true) {
    data = data.subspan(BytesBeforeMarker(data));
    const auto code = std::find_if(data.begin(), data.end(),
                                   [](std::uint8_t byte) { return byte != kMarkerPrefix; });
    if (code == data.end()) {
      data = {};
      return std::nullopt;
    }
    data = ByteSpan(code + 1, data.end());
    // Behind several prefixes a zero is no marker either.
    if (*code != marker::kStuffedZero) return *code;
  }
}

}  // namespace thimble
