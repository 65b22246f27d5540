// Inside codec/ only: the segments of a JPEG stream (ISO 10918-1, annex B), found without decoding.
// Everything that is wanted from a JPEG besides its picture comes from here: orientation, ICC
// profile, and the number of scans, by which files that would take too long are refused at once.
//
// Thread-safety: pure functions over borrowed bytes. Errors: none; whatever is odd ends the walk
// or counts as absent. Cost: at most one look at each byte.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "image/orientation.h"

namespace thimble {

struct JpegSegment {
  std::uint8_t marker = 0;  // the byte behind 0xFF
  ByteSpan payload;         // behind the length
};

// Walks the segments that have a length, in order, just as libjpeg-turbo does, which reads the
// picture: it skips entropy-coded data and whatever else lies between segments, and a comment or an
// application's segment whose length is less than its own two bytes is empty. The walk ends at the
// end marker, where libjpeg-turbo would fail, at a segment that is cut, or at the last byte.
class JpegSegmentReader {
 public:
  explicit JpegSegmentReader(ByteSpan jpeg) : jpeg_(jpeg), rest_(jpeg) {}
  std::optional<JpegSegment> Next();
  // Behind a start of scan, instead of Next: the scan's entropy-coded data. Nothing where the
  // source ends before another marker.
  std::optional<ByteSpan> TakeScanData();
  // Whether the walk ended there.
  bool found_end_marker() const { return found_end_marker_; }

 private:
  std::optional<JpegSegment> End();

  ByteSpan jpeg_;
  ByteSpan rest_;
  bool found_end_marker_ = false;
};

// True when the stream has more than `limit` scans.
bool HasMoreScansThan(ByteSpan jpeg, std::int64_t limit);

// From the first EXIF segment before the first scan that holds more than its label; it decides also
// by naming no orientation, as in Chromium.
Orientation OrientationFromJpeg(ByteSpan jpeg);

// The ICC profile (ICC.1:2010, B.4) before the first scan, put together from its segments. Empty
// when there is none, its segments contradict each other or it is larger than `max_bytes`.
std::vector<std::uint8_t> IccProfileFromJpeg(ByteSpan jpeg, std::int64_t max_bytes);

}  // namespace thimble
