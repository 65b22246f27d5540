// Inside codec/ only: the segments of a JPEG stream (ISO 10918-1, annex B), found without decoding.
// Everything that is wanted from a JPEG besides its picture comes from here: orientation, ICC
// profile, and the number of scans, which tells a bomb before any time is spent on it.
//
// Thread-safety: pure functions over borrowed bytes. Errors: none; whatever is odd ends the walk
// or counts as absent. Cost: at most one look at each byte.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "image/orientation.h"

namespace thimble {

struct JpegSegment {
  std::uint8_t marker = 0;  // the byte behind 0xFF
  ByteSpan payload;         // behind the length
};

// Walks the segments that have a length, in order, skipping entropy-coded data and rubbish between
// them as libjpeg does. Ends at the end marker, at a segment that is cut or at the last byte.
class JpegSegmentReader {
 public:
  explicit JpegSegmentReader(ByteSpan jpeg) : rest_(jpeg) {}
  std::optional<JpegSegment> Next();
  // Whether the walk ended there.
  bool found_end_marker() const { return found_end_marker_; }

 private:
  std::optional<std::uint8_t> NextMarker();

  ByteSpan rest_;
  bool found_end_marker_ = false;
};

// True when the stream has more than `limit` scans.
bool HasMoreScansThan(ByteSpan jpeg, std::int32_t limit);

// A progressive picture without the scans of AC coefficients of the components with these
// identifiers: all that results made of their DC values need.
std::vector<std::uint8_t> WithoutAcScans(ByteSpan jpeg, std::span<const int> components);

// From the first EXIF segment before the first scan.
Orientation OrientationFromJpeg(ByteSpan jpeg);

// The ICC profile (ICC.1:2010, B.4) before the first scan, put together from its segments. Empty
// when there is none, its segments contradict each other or it is larger than `max_bytes`.
std::vector<std::uint8_t> IccProfileFromJpeg(ByteSpan jpeg, std::int64_t max_bytes);

}  // namespace thimble
