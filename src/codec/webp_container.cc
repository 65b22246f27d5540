#include "codec/webp_container.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thimble {
namespace {

constexpr std::size_t kRiffHeaderBytes = 12;   // "RIFF", size, "WEBP"
constexpr std::size_t kChunkHeaderBytes = 8;   // name, size
constexpr std::size_t kVp8xBytes = 10;         // flags, 3 reserved, canvas width and height
constexpr std::size_t kFrameHeaderBytes = 16;  // x, y, width, height, duration, flags
constexpr std::uint8_t kAnimationFlag = 0x02;

std::uint32_t LittleEndian(ByteSpan bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
  return value;
}

// 24-bit fields: always an int.
int Int24At(ByteSpan bytes, std::size_t offset) {
  return static_cast<int>(LittleEndian(bytes.subspan(offset, 3)));
}

struct Chunk {
  std::string_view name;
  ByteSpan payload;
};

// Takes the next chunk off `unread`; false at the end, or when the chunk claims more than there is.
bool TakeChunk(ByteSpan& unread, Chunk& chunk) {
  if (unread.size() < kChunkHeaderBytes) return false;
  const std::size_t bytes = LittleEndian(unread.subspan(4, 4));
  const ByteSpan rest = unread.subspan(kChunkHeaderBytes);
  if (bytes > rest.size()) return false;
  chunk = {TextOf(unread.first(4)), rest.first(bytes)};
  const bool padded = bytes % 2 == 1 && bytes < rest.size();
  unread = rest.subspan(bytes + (padded ? 1 : 0));
  return true;
}

// The bytes that the RIFF header counts: what is appended to a file is no part of it.
Expected<ByteSpan> RiffFile(ByteSpan source) {
  if (source.size() < kRiffHeaderBytes) return Fail(ErrorCode::kCorruptImage, "RIFF header");
  const std::size_t counted = LittleEndian(source.subspan(4, 4));
  if (counted < kRiffHeaderBytes - kChunkHeaderBytes ||
      counted > source.size() - kChunkHeaderBytes) {
    return Fail(ErrorCode::kCorruptImage, "RIFF size");
  }
  return source.first(kChunkHeaderBytes + counted);
}

Expected<WebpFramePlacement> PlacementOf(ByteSpan frame, Size canvas) {
  if (frame.size() < kFrameHeaderBytes) return Fail(ErrorCode::kCorruptImage, "ANMF header");
  const WebpFramePlacement placement{
      .canvas = canvas,
      .size = {Int24At(frame, 6) + 1, Int24At(frame, 9) + 1},
      .x = 2 * Int24At(frame, 0),
      .y = 2 * Int24At(frame, 3),
  };
  if (placement.x > canvas.width - placement.size.width ||
      placement.y > canvas.height - placement.size.height) {
    return Fail(ErrorCode::kCorruptImage, "frame outside its canvas");
  }
  return placement;
}

Status ReadExtended(ByteSpan header, ByteSpan unread, WebpContainer& container) {
  if (header.size() < kVp8xBytes) return Fail(ErrorCode::kCorruptImage, "VP8X header");
  const bool animated = (header[0] & kAnimationFlag) != 0;
  const Size canvas = {Int24At(header, 4) + 1, Int24At(header, 7) + 1};
  Chunk chunk;
  while (TakeChunk(unread, chunk)) {
    if (chunk.name == "ICCP" && container.icc_profile.empty()) {
      container.icc_profile = chunk.payload;
    } else if (chunk.name == "EXIF" && container.exif.empty()) {
      container.exif = chunk.payload;
    } else if (chunk.name == "ANMF" && animated && !container.placement) {
      THIMBLE_TRY(container.placement, PlacementOf(chunk.payload, canvas));
      container.bitstream = chunk.payload.subspan(kFrameHeaderBytes);
    }
  }
  if (animated && !container.placement) {
    return Fail(ErrorCode::kCorruptImage, "animation without a frame");
  }
  return {};
}

}  // namespace

Expected<WebpContainer> ReadWebpContainer(ByteSpan source) {
  THIMBLE_TRY(const ByteSpan file, RiffFile(source));
  ByteSpan unread = file.subspan(kRiffHeaderBytes);
  Chunk first;
  if (!TakeChunk(unread, first)) return Fail(ErrorCode::kCorruptImage, "no whole chunk");
  WebpContainer container;
  container.bitstream = file;
  if (first.name == "VP8X") {
    if (Status read = ReadExtended(first.payload, unread, container); !read) return Forward(read);
  }
  return container;
}

}  // namespace thimble
