#include "jpeg/unstuffed_data.h"

#include <cstring>

#include "jpeg/unstuff.h"

namespace thimble {

Expected<UnstuffedData> UnstuffedData::Create(ByteSpan stuffed, std::size_t padding) {
  UnstuffedData data;
  auto* const bytes = static_cast<std::uint8_t*>(std::malloc(stuffed.size() + padding));
  if (bytes == nullptr) return Fail(ErrorCode::kImageTooCostly, "no memory for a scan");
  data.bytes_.reset(bytes);
  data.size_ = Unstuff(stuffed, {bytes, stuffed.size()});
  std::memset(bytes + data.size_, 0, padding);
  return data;
}

}  // namespace thimble
