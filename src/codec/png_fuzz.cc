// What libpng alone makes of a PNG, the decoder makes of it too, whichever way it takes. Checksums
// are mended first: otherwise few inputs would get as far as their pixels.
#include <libdeflate.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "codec/codecs.h"

namespace thimble {
namespace {

constexpr PictureLimits kLimits = {.max_icc_bytes = 64 * 1024};
constexpr std::int64_t kMaxPixels = 1 << 18;  // a plan refuses larger pictures by their header
constexpr std::size_t kMaxInflatedBytes = std::size_t{8} << 20;
constexpr std::size_t kSignatureBytes = 8;
constexpr std::size_t kFrameBytes = 12;  // a chunk's length, its name and its checksum

using Samples = std::vector<std::uint8_t>;

class CollectingSink final : public BandSink {
 public:
  bool AcceptBand(std::span<const PlaneView> band) override {
    planes.resize(band.size());
    for (std::size_t i = 0; i < band.size(); ++i) {
      for (int y = 0; y < band[i].height; ++y) {
        const auto row = band[i].row(y);
        planes[i].insert(planes[i].end(), row.begin(), row.end());
      }
    }
    return true;
  }
  std::vector<Samples> planes;
};

void MendChecksums(std::span<std::uint8_t> file) {
  std::size_t at = kSignatureBytes;
  while (file.size() >= at + kFrameBytes) {
    const auto chunk = file.subspan(at);
    const std::size_t length = std::size_t{chunk[0]} << 24 | std::size_t{chunk[1]} << 16 |
                               std::size_t{chunk[2]} << 8 | chunk[3];
    if (length > chunk.size() - kFrameBytes) return;
    const std::uint32_t checksum = libdeflate_crc32(0, chunk.data() + 4, 4 + length);
    for (std::size_t i = 0; i < 4; ++i) {
      chunk[8 + length + i] = static_cast<std::uint8_t>(checksum >> (24 - 8 * i));
    }
    at += kFrameBytes + length;
  }
}

// Nothing when the file is refused.
std::optional<std::vector<Samples>> Decode(ByteSpan file, std::size_t max_inflated_bytes) {
  const auto decoder = OpenPngDecoderWithin(max_inflated_bytes, file, kLimits);
  if (!decoder || (*decoder)->info().size.area() > kMaxPixels) return {};
  CollectingSink sink;
  if (!(*decoder)->Start(DecodeScale{}) || !(*decoder)->Decode(sink)) return {};
  return std::move(sink.planes);
}

}  // namespace
}  // namespace thimble

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> file(data, data + size);
  thimble::MendChecksums(file);
  const auto expected = thimble::Decode(file, 0);
  const auto decoded = thimble::Decode(file, thimble::kMaxInflatedBytes);
  // libdeflate may let pass what zlib calls an error, but not the other way round.
  THIMBLE_CHECK(!expected || decoded == expected);
  return 0;
}
