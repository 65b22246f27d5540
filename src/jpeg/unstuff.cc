#include "jpeg/unstuff.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "jpeg/marker.h"

namespace thimble {

std::size_t Unstuff(ByteSpan& stuffed, MutableByteSpan out) {
  std::size_t written = 0;
  while (written < out.size() && !stuffed.empty()) {
    const std::size_t room = std::min(out.size() - written, stuffed.size());
    const void* const found = std::memchr(stuffed.data(), kMarkerPrefix, room);
    const bool has_prefix = found != nullptr;
    const std::size_t plain =
        has_prefix
            ? static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - stuffed.data())
            : room;
    std::memcpy(out.data() + written, stuffed.data(), plain);
    written += plain;
    stuffed = stuffed.subspan(plain);
    if (!has_prefix) continue;
    if (stuffed.size() < 2 || stuffed[1] != marker::kStuffedZero) {
      stuffed = {};
      break;
    }
    out[written++] = kMarkerPrefix;
    stuffed = stuffed.subspan(2);
  }
  return written;
}

}  // namespace thimble
