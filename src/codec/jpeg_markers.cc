#include "codec/jpeg_markers.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "codec/exif.h"

namespace thimble {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint8_t kMarkerPrefix = 0xFF;
constexpr std::uint8_t kStuffedZero = 0x00;  // 0xFF 0x00 is a data byte of a scan
constexpr std::uint8_t kTemporary = 0x01;
constexpr std::uint8_t kRestart0 = 0xD0;
constexpr std::uint8_t kStartOfImage = 0xD8;  // behind the restarts 0-7
constexpr std::uint8_t kEndOfImage = 0xD9;
constexpr std::uint8_t kStartOfScan = 0xDA;
constexpr std::uint8_t kApp1 = 0xE1;
constexpr std::uint8_t kApp2 = 0xE2;

constexpr std::size_t kMarkerBytes = 2;
constexpr std::size_t kLengthBytes = 2;  // a length counts itself
constexpr std::string_view kExifLabel = "Exif\0\0"sv;
constexpr std::string_view kIccLabel = "ICC_PROFILE\0"sv;
constexpr std::size_t kIccHeaderBytes = kIccLabel.size() + 2;  // and: number, count
constexpr std::size_t kMaxIccChunks = 255;

bool HasLength(std::uint8_t marker) {
  return marker != kStuffedZero && marker != kTemporary &&
         (marker < kRestart0 || marker > kStartOfImage);
}

// AC coefficients come in scans of one component (ISO 10918-1, G.1.1.1.1).
bool IsAcScanOf(std::span<const int> components, const JpegSegment& segment) {
  constexpr std::size_t kBytes = 6;  // one component, its identifier and tables, first, last, bits
  if (segment.marker != kStartOfScan || segment.payload.size() != kBytes) return false;
  const int identifier = segment.payload[1];
  const int first_coefficient = segment.payload[3];
  return first_coefficient > 0 &&
         std::find(components.begin(), components.end(), identifier) != components.end();
}

// The next segment of the kind before the first scan.
std::optional<ByteSpan> NextHeaderSegment(JpegSegmentReader& segments, std::uint8_t marker,
                                          std::string_view label) {
  while (const std::optional<JpegSegment> segment = segments.Next()) {
    if (segment->marker == kStartOfScan) return std::nullopt;
    if (segment->marker == marker && TextOf(segment->payload).starts_with(label)) {
      return segment->payload;
    }
  }
  return std::nullopt;
}

// The parts of a profile, by their numbers.
class IccChunks {
 public:
  // False when the chunk contradicts those before.
  bool Add(std::size_t number, std::size_t count, ByteSpan bytes) {
    if (count_ == 0) count_ = count;
    if (count != count_ || number == 0 || number > count_ || chunks_[number - 1]) return false;
    chunks_[number - 1] = bytes;
    bytes_ += bytes.size();
    ++present_;
    return true;
  }

  // Empty while a chunk is missing.
  std::vector<std::uint8_t> Joined() const {
    std::vector<std::uint8_t> profile;
    if (present_ < count_) return profile;
    profile.reserve(bytes_);
    for (const std::optional<ByteSpan>& chunk : chunks_) {
      if (chunk) profile.insert(profile.end(), chunk->begin(), chunk->end());
    }
    return profile;
  }

  std::size_t bytes() const { return bytes_; }

 private:
  std::array<std::optional<ByteSpan>, kMaxIccChunks> chunks_;
  std::size_t count_ = 0;
  std::size_t present_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

std::optional<std::uint8_t> JpegSegmentReader::NextMarker() {
  if (rest_.empty()) return std::nullopt;
  const void* const found = std::memchr(rest_.data(), kMarkerPrefix, rest_.size());
  if (found == nullptr) return std::nullopt;
  const auto prefix = rest_.begin() + (static_cast<const std::uint8_t*>(found) - rest_.data());
  // A marker may be preceded by any number of fill bytes, which look like its prefix.
  const auto marker =
      std::find_if(prefix, rest_.end(), [](std::uint8_t byte) { return byte != kMarkerPrefix; });
  if (marker == rest_.end()) return std::nullopt;
  rest_ = ByteSpan(marker + 1, rest_.end());
  return *marker;
}

std::optional<JpegSegment> JpegSegmentReader::Next() {
  while (const std::optional<std::uint8_t> marker = NextMarker()) {
    found_end_marker_ = *marker == kEndOfImage;
    if (found_end_marker_) break;
    if (!HasLength(*marker)) continue;
    if (rest_.size() < kLengthBytes) break;
    const std::size_t length = std::size_t{rest_[0]} << 8 | rest_[1];
    if (length < kLengthBytes || length > rest_.size()) break;
    const JpegSegment segment{*marker, rest_.subspan(kLengthBytes, length - kLengthBytes)};
    rest_ = rest_.subspan(length);
    return segment;
  }
  rest_ = {};
  return std::nullopt;
}

bool HasMoreScansThan(ByteSpan jpeg, std::int32_t limit) {
  JpegSegmentReader segments(jpeg);
  std::int32_t scans = 0;
  while (const std::optional<JpegSegment> segment = segments.Next()) {
    if (segment->marker == kStartOfScan && ++scans > limit) return true;
  }
  return false;
}

std::vector<std::uint8_t> WithoutAcScans(ByteSpan jpeg, std::span<const int> components) {
  std::vector<std::uint8_t> kept;
  const std::uint8_t* from = jpeg.data();  // of what is kept next; nothing while a scan is left out
  JpegSegmentReader segments(jpeg);
  while (const std::optional<JpegSegment> segment = segments.Next()) {
    const std::uint8_t* const begin = segment->payload.data() - kMarkerBytes - kLengthBytes;
    if (!IsAcScanOf(components, *segment)) {
      if (from == nullptr) from = begin;
    } else if (from != nullptr) {
      kept.insert(kept.end(), from, begin);
      from = nullptr;
    }
  }
  if (from != nullptr) {
    kept.insert(kept.end(), from, jpeg.data() + jpeg.size());
  } else if (segments.found_end_marker()) {
    kept.insert(kept.end(), {kMarkerPrefix, kEndOfImage});
  }
  return kept;
}

Orientation OrientationFromJpeg(ByteSpan jpeg) {
  JpegSegmentReader segments(jpeg);
  const std::optional<ByteSpan> exif = NextHeaderSegment(segments, kApp1, kExifLabel);
  return exif ? OrientationFromExifBlock(*exif) : Orientation::kUpright;
}

std::vector<std::uint8_t> IccProfileFromJpeg(ByteSpan jpeg, std::int64_t max_bytes) {
  JpegSegmentReader segments(jpeg);
  IccChunks chunks;
  while (const std::optional<ByteSpan> chunk = NextHeaderSegment(segments, kApp2, kIccLabel)) {
    if (chunk->size() < kIccHeaderBytes) return {};
    const std::size_t number = (*chunk)[kIccLabel.size()];
    const std::size_t count = (*chunk)[kIccLabel.size() + 1];
    if (!chunks.Add(number, count, chunk->subspan(kIccHeaderBytes))) return {};
    if (static_cast<std::int64_t>(chunks.bytes()) > max_bytes) return {};
  }
  return chunks.Joined();
}

}  // namespace thimble
