#include "codec/jpeg_markers.h"

#include <array>
#include <cstddef>
#include <string_view>

#include "codec/exif.h"
#include "jpeg/marker.h"

namespace thimble {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint8_t kApp1 = 0xE1;
constexpr std::uint8_t kApp2 = 0xE2;

constexpr std::size_t kLengthBytes = 2;  // a length counts itself
constexpr std::string_view kExifLabel = "Exif\0"sv;
constexpr std::string_view kIccLabel = "ICC_PROFILE\0"sv;
constexpr std::size_t kIccHeaderBytes = kIccLabel.size() + 2;  // and: number, count
constexpr std::size_t kMaxIccChunks = 255;

bool HasNoLength(std::uint8_t code) {
  return code == marker::kTemporary || (code >= marker::kRestart0 && code <= marker::kRestart7);
}

// Segments whose content libjpeg-turbo does not need: it takes any length of theirs.
bool IsSkipped(std::uint8_t code) {
  return code == marker::kComment || code == marker::kNumberOfLines ||
         (code >= marker::kApplication0 && code <= marker::kApplication15);
}

// Those that libjpeg-turbo knows; at any other it fails.
bool IsKnown(std::uint8_t code) {
  return IsSkipped(code) || (code >= marker::kStartOfFrame0 && code <= marker::kStartOfFrame15) ||
         code == marker::kStartOfScan || code == marker::kQuantizationTables ||
         code == marker::kRestartInterval;
}

// The next segment of the kind before the first scan.
std::optional<ByteSpan> NextHeaderSegment(JpegSegmentReader& segments, std::uint8_t marker,
                                          std::string_view label) {
  while (const std::optional<JpegSegment> segment = segments.Next()) {
    if (segment->marker == marker::kStartOfScan) return std::nullopt;
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

std::optional<JpegSegment> JpegSegmentReader::End() {
  rest_ = {};
  return std::nullopt;
}

std::optional<JpegSegment> JpegSegmentReader::Next() {
  while (const std::optional<std::uint8_t> code = TakeMarker(rest_)) {
    if (HasNoLength(*code)) continue;
    if (*code == marker::kStartOfImage) {
      const bool is_first = rest_.data() == jpeg_.data() + 2;
      if (!is_first) return End();
      continue;
    }
    found_end_marker_ = *code == marker::kEndOfImage;
    if (!IsKnown(*code) || rest_.size() < kLengthBytes) return End();
    std::size_t length = std::size_t{rest_[0]} << 8 | rest_[1];
    if (length < kLengthBytes) {
      if (!IsSkipped(*code)) return End();
      length = kLengthBytes;
    }
    if (length > rest_.size()) return End();
    const JpegSegment segment{*code, rest_.subspan(kLengthBytes, length - kLengthBytes)};
    rest_ = rest_.subspan(length);
    return segment;
  }
  return End();
}

std::optional<ByteSpan> JpegSegmentReader::TakeScanData() {
  const ByteSpan data = rest_.first(BytesBeforeMarker(rest_));
  rest_ = rest_.subspan(data.size());
  if (rest_.size() < 2) return std::nullopt;  // at most a prefix, without a marker's code
  return data;
}

bool HasMoreScansThan(ByteSpan jpeg, std::int64_t limit) {
  JpegSegmentReader segments(jpeg);
  std::int64_t scans = 0;
  while (const std::optional<JpegSegment> segment = segments.Next()) {
    if (segment->marker == marker::kStartOfScan && ++scans > limit) return true;
  }
  return false;
}

Orientation OrientationFromJpeg(ByteSpan jpeg) {
  JpegSegmentReader segments(jpeg);
  while (const std::optional<ByteSpan> exif = NextHeaderSegment(segments, kApp1, kExifLabel)) {
    const ByteSpan block = WithoutExifLabel(*exif);
    if (!block.empty()) return OrientationFromExifBlock(block);
  }
  return Orientation::kUpright;
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
