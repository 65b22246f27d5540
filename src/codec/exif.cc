#include "codec/exif.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thimble {
namespace {

constexpr std::string_view kLabel("Exif\0", 5);
constexpr std::size_t kLabelBytes = kLabel.size() + 1;  // whatever the last one is
constexpr std::uint32_t kTiffMagic = 42;
constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::size_t kEntryBytes = 12;
constexpr std::uint32_t kTypeShort = 3;  // TIFF 6.0, field types

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

// The orientation that the directory's entry at `entry` names, if it is one that does.
std::optional<Orientation> OrientationAt(const TiffReader& reader, std::size_t entry) {
  if (reader.Short(entry) != kOrientationTag || reader.Short(entry + 2) != kTypeShort ||
      reader.Long(entry + 4) != 1U) {  // the count of values
    return std::nullopt;
  }
  const std::uint32_t value = reader.Short(entry + 8).value_or(0);
  if (value < 1 || value > 8) return std::nullopt;
  return static_cast<Orientation>(value);
}

}  // namespace

ByteSpan WithoutExifLabel(ByteSpan block) {
  if (!TextOf(block).starts_with(kLabel)) return block;
  return block.subspan(std::min(kLabelBytes, block.size()));
}

Orientation OrientationFromExifBlock(ByteSpan tiff) {
  const std::optional<TiffReader> reader = ReaderFor(tiff);
  if (!reader) return Orientation::kUpright;

  const std::optional<std::uint32_t> ifd0 = reader->Long(4);
  if (!ifd0) return Orientation::kUpright;
  const std::uint32_t entries = reader->Short(*ifd0).value_or(0);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = std::size_t{*ifd0} + 2 + i * kEntryBytes;
    // The count may promise more entries than there are bytes.
    if (entry > tiff.size() || tiff.size() - entry < kEntryBytes) break;
    if (const auto orientation = OrientationAt(*reader, entry)) return *orientation;
  }
  return Orientation::kUpright;
}

}  // namespace thimble
