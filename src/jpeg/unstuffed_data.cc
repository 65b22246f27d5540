#include "jpeg/unstuffed_data.h"

#include <algorithm>
#include <cstring>

namespace thimble {

Expected<UnstuffedData> UnstuffedData::Create(ByteSpan stuffed, std::size_t padding) {
  UnstuffedData data;
  auto* const bytes = static_cast<std::uint8_t*>(std::malloc(stuffed.size() + padding));
  if (bytes == nullptr) return Fail(ErrorCode::kImageTooCostly, "no memory for a scan");
  data.bytes_.reset(bytes);
  std::uint8_t* end = bytes;
  while (!stuffed.empty()) {
    const void* const found = std::memchr(stuffed.data(), 0xFF, stuffed.size());
    const std::size_t taken =
        found == nullptr
            ? stuffed.size()
            : static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - stuffed.data()) +
                  1;
    std::memcpy(end, stuffed.data(), taken);
    end += taken;
    stuffed = stuffed.subspan(std::min(stuffed.size(), taken + (found == nullptr ? 0 : 1)));
  }
  std::memset(end, 0, padding);
  data.size_ = static_cast<std::size_t>(end - bytes);
  return data;
}

}  // namespace thimble
