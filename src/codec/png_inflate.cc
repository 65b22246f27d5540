#include "codec/png_inflate.h"

#include <algorithm>

#include <libdeflate.h>

namespace thimble {
namespace {

using Inflater = CPtr<libdeflate_decompressor, &libdeflate_free_decompressor>;
using Buffer = CPtr<std::uint8_t, &std::free>;

constexpr std::size_t kFieldBytes = 4;  // a chunk's length, its name and its checksum
constexpr std::size_t kFrameBytes = 3 * kFieldBytes;

Buffer Allocate(std::size_t bytes) {
  return Buffer(static_cast<std::uint8_t*>(std::malloc(bytes)));
}

std::uint32_t BigEndian32(ByteSpan bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

bool StartsWithPixels(ByteSpan chunks) {
  return chunks.size() >= kFrameBytes && TextOf(chunks.subspan(kFieldBytes, kFieldBytes)) == "IDAT";
}

// The payload of the chunk that `chunks` starts with; nothing if it is cut short or damaged.
std::optional<ByteSpan> SoundPayload(ByteSpan chunks) {
  const std::size_t length = BigEndian32(chunks);
  if (length > chunks.size() - kFrameBytes) return {};
  const ByteSpan summed = chunks.subspan(kFieldBytes, kFieldBytes + length);
  const std::uint32_t checksum = BigEndian32(chunks.subspan(2 * kFieldBytes + length));
  if (libdeflate_crc32(0, summed.data(), summed.size()) != checksum) return {};
  return summed.subspan(kFieldBytes);
}

// The payloads of the IDAT chunks in a row, which are one stream cut anywhere.
struct Stream {
  Buffer bytes;
  std::size_t size = 0;
};

std::optional<Stream> JoinPayloads(ByteSpan chunks) {
  Stream stream{.bytes = Allocate(chunks.size())};
  if (!stream.bytes) return {};
  while (StartsWithPixels(chunks)) {
    const std::optional<ByteSpan> payload = SoundPayload(chunks);
    if (!payload) return {};
    std::ranges::copy(*payload, stream.bytes.get() + stream.size);
    stream.size += payload->size();
    chunks = chunks.subspan(kFrameBytes + payload->size());
  }
  return stream;
}

}  // namespace

std::optional<InflatedPng> InflatePng(ByteSpan chunks, std::size_t size) {
  const std::optional<Stream> stream = JoinPayloads(chunks);
  if (!stream || stream->size == 0) return {};
  const ByteSpan compressed(stream->bytes.get(), stream->size);
  InflatedPng inflated{.bytes = Allocate(size), .size = size};
  const Inflater inflater(libdeflate_alloc_decompressor());
  if (!inflated.bytes || !inflater) return {};
  // Exactly `size` bytes: without a place for their number, fewer are an error as well as more.
  const libdeflate_result result = libdeflate_zlib_decompress(
      inflater.get(), compressed.data(), compressed.size(), inflated.bytes.get(), size, nullptr);
  if (result != LIBDEFLATE_SUCCESS) return {};
  return inflated;
}

}  // namespace thimble
