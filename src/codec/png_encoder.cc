// PNG, written without libpng: 8-bit gray or RGB, with or without alpha, as IHDR, one IDAT and
// IEND. No sRGB chunk: a PNG without one is taken for sRGB.

#include "codec/encoder.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <libdeflate.h>

#include "codec/interleave.h"
#include "codec/png_deflate.h"
#include "codec/png_filter.h"

namespace thimble {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1A\n", 8);
constexpr std::size_t kFieldBytes = 4;  // a chunk's length, its name and its checksum
constexpr std::size_t kHeaderPayloadBytes = 13;
constexpr std::size_t kMaxPayloadBytes = 0x7FFFFFFF;
// All but IDAT's payload: the signature and the frames of three chunks, of which IEND is empty.
constexpr std::size_t kFixedBytes = kSignature.size() + 3 * 3 * kFieldBytes + kHeaderPayloadBytes;
// Of these, what follows IDAT's payload: its checksum, and IEND.
constexpr std::size_t kTailBytes = 4 * kFieldBytes;

void PutBigEndian32(std::size_t value, std::uint8_t* out) {
  for (int shift = 24; shift >= 0; shift -= 8) *out++ = static_cast<std::uint8_t>(value >> shift);
}

// Writes chunk by chunk from the start of a room that has space for all of them.
class ChunkWriter {
 public:
  explicit ChunkWriter(MutableByteSpan room) : room_(room) {
    std::ranges::copy(BytesOf(kSignature), room_.begin());
  }

  // Where the next chunk's payload belongs.
  MutableByteSpan payload(std::size_t most) { return room_.subspan(used_ + 2 * kFieldBytes, most); }

  // Ends the chunk whose payload was put there.
  void Finish(std::string_view name, std::size_t payload_bytes) {
    const MutableByteSpan chunk = room_.subspan(used_, 3 * kFieldBytes + payload_bytes);
    PutBigEndian32(payload_bytes, chunk.data());
    std::ranges::copy(BytesOf(name), chunk.begin() + kFieldBytes);
    const MutableByteSpan summed = chunk.subspan(kFieldBytes, kFieldBytes + payload_bytes);
    PutBigEndian32(libdeflate_crc32(0, summed.data(), summed.size()),
                   summed.data() + summed.size());
    used_ += chunk.size();
  }

  std::size_t used() const { return used_; }

 private:
  MutableByteSpan room_;
  std::size_t used_ = kSignature.size();
};

int ColorTypeOf(const PlanarImage& picture) {
  return (picture.model == ColorModel::kRgb ? 2 : 0) | (picture.has_alpha ? 4 : 0);
}

void PutHeader(const PlanarImage& picture, MutableByteSpan payload) {
  std::ranges::fill(payload, 0);  // the usual compression and filters, not interlaced
  PutBigEndian32(static_cast<std::size_t>(picture.size.width), payload.data());
  PutBigEndian32(static_cast<std::size_t>(picture.size.height), payload.data() + kFieldBytes);
  payload[8] = 8;  // bits a sample
  payload[9] = static_cast<std::uint8_t>(ColorTypeOf(picture));
}

Expected<std::vector<std::uint8_t>> FilteredRows(const PlanarImage& picture) {
  const std::size_t channels = picture.planes.size();
  THIMBLE_TRY(PngFilter filter, PngFilter::Create(picture.size.width, static_cast<int>(channels)));
  std::vector<std::uint8_t> rows;
  rows.reserve(static_cast<std::size_t>(picture.size.height) *
               StoredPngRowBytes(picture.size.width, static_cast<int>(channels)));
  std::array<std::span<const std::uint8_t>, kMaxInterleavedChannels> samples;
  for (int y = 0; y < picture.size.height; ++y) {
    for (std::size_t c = 0; c < channels; ++c) samples[c] = picture.planes[c].row(y);
    InterleaveRow({samples.data(), channels}, filter.next_row());
    const ByteSpan row = filter.FilterRow();
    rows.insert(rows.end(), row.begin(), row.end());
  }
  return rows;
}

}  // namespace

Expected<std::size_t> EncodePng(const PlanarImage& picture, MutableByteSpan out) {
  THIMBLE_CHECK(picture.model == ColorModel::kGray || picture.model == ColorModel::kRgb);
  THIMBLE_CHECK(picture.planes.size() ==
                ColorPlaneCount(picture.model) + (picture.has_alpha ? 1 : 0));
  if (out.size() < kFixedBytes) return Fail(ErrorCode::kResultTooLarge);
  ChunkWriter writer(out);
  PutHeader(picture, writer.payload(kHeaderPayloadBytes));
  writer.Finish("IHDR", kHeaderPayloadBytes);
  // The compressors may need a few bytes more than they keep: the place of what follows serves.
  const std::size_t room = out.size() - kFixedBytes;
  THIMBLE_TRY(const std::vector<std::uint8_t> rows, FilteredRows(picture));
  THIMBLE_TRY(const std::size_t pixel_bytes, DeflatePng(rows, writer.payload(room + kTailBytes)));
  if (pixel_bytes > std::min(room, kMaxPayloadBytes)) return Fail(ErrorCode::kResultTooLarge);
  writer.Finish("IDAT", pixel_bytes);
  writer.Finish("IEND", 0);
  return writer.used();
}

}  // namespace thimble
