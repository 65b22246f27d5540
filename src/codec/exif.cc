#include "codec/exif.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace thimble {
namespace {

constexpr std::array<std::uint8_t, 6> kExifPrefix = {'E', 'x', 'i', 'f', 0, 0};
constexpr std::uint32_t kTiffMagic = 42;
constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::size_t kEntryBytes = 12;
// TIFF 6.0, field types.
constexpr std::uint32_t kTypeShort = 3;
constexpr std::uint32_t kTypeLong = 4;

// Whole numbers from a TIFF block in its own byte order; nothing beyond its end.
class TiffReader {
 public:
  TiffReader(ByteSpan bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<std::uint32_t> Short(std::size_t offset) const { return Number(offset, 2); }
  std::optional<std::uint32_t> Long(std::size_t offset) const { return Number(offset, 4); }

 private:
  std::optional<std::uint32_t> Number(std::size_t offset, std::size_t count) const {
    if (offset > bytes_.size() || bytes_.size() - offset < count) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t place = big_endian_ ? i : count - 1 - i;
      value = value << 8 | bytes_[offset + place];
    }
    return value;
  }

  ByteSpan bytes_;
  bool big_endian_;
};

bool StartsWith(ByteSpan bytes, ByteSpan prefix) {
  return bytes.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

// The byte order that a TIFF header declares; nothing when it is no TIFF header.
std::optional<TiffReader> ReaderFor(ByteSpan tiff) {
  const bool little = StartsWith(tiff, BytesOf("II"));
  const bool big = StartsWith(tiff, BytesOf("MM"));
  if (!little && !big) return std::nullopt;
  const TiffReader reader(tiff, big);
  if (reader.Short(2) != kTiffMagic) return std::nullopt;
  return reader;
}

// The value of the orientation entry at `entry`; 0, which no orientation has, for odd types.
std::uint32_t OrientationValue(const TiffReader& reader, std::size_t entry) {
  if (reader.Long(entry + 4) != 1U) return 0;  // the tag's count of values
  const std::optional<std::uint32_t> type = reader.Short(entry + 2);
  if (type == kTypeShort) return reader.Short(entry + 8).value_or(0);
  if (type == kTypeLong) return reader.Long(entry + 8).value_or(0);
  return 0;
}

}  // namespace

Orientation OrientationFromExifBlock(ByteSpan tiff) {
  if (StartsWith(tiff, kExifPrefix)) tiff = tiff.subspan(kExifPrefix.size());
  const std::optional<TiffReader> reader = ReaderFor(tiff);
  if (!reader) return Orientation::kUpright;

  const std::optional<std::uint32_t> ifd0 = reader->Long(4);
  if (!ifd0) return Orientation::kUpright;
  const std::uint32_t entries = reader->Short(*ifd0).value_or(0);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = std::size_t{*ifd0} + 2 + i * kEntryBytes;
    const std::optional<std::uint32_t> tag = reader->Short(entry);
    if (!tag) break;  // the count promises more entries than there are bytes
    if (tag == kOrientationTag) return OrientationFromExif(OrientationValue(*reader, entry));
  }
  return Orientation::kUpright;
}

}  // namespace thimble
