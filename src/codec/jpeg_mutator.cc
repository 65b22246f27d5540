#include "codec/jpeg_mutator.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <random>
#include <utility>

#include "codec/jpeg_markers.h"
#include "jpeg/marker.h"

namespace thimble {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Segment {
  std::uint8_t code = 0;
  Bytes payload;
  Bytes data;                                   // behind a start of scan
  std::optional<std::uint16_t> wrong_length{};  // instead of the payload's
};

// Draws without std::uniform_int_distribution, whose results libraries may choose.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  // Less than `end`, which is positive.
  std::size_t Below(std::size_t end) { return engine_() % end; }
  std::uint8_t Byte() { return static_cast<std::uint8_t>(Below(256)); }
  template <class T, std::size_t kSize>
  T OneOf(const std::array<T, kSize>& values) {
    return values[Below(kSize)];
  }

 private:
  std::mt19937 engine_;
};

struct Structure {
  std::vector<Segment> segments;
  bool has_end = true;

  // One of those with this code; none: nothing.
  Segment* Find(std::uint8_t code, Random& random) {
    std::vector<Segment*> found;
    for (Segment& segment : segments) {
      if (segment.code == code) found.push_back(&segment);
    }
    return found.empty() ? nullptr : found[random.Below(found.size())];
  }
  Segment* FindFrame() {
    const auto frame = std::ranges::find_if(segments, [](const Segment& segment) {
      return segment.code >= marker::kStartOfFrame0 && segment.code <= marker::kStartOfFrame15 &&
             segment.code != marker::kHuffmanTables;
    });
    return frame == segments.end() ? nullptr : &*frame;
  }
  void Insert(Segment segment, Random& random) {
    const auto at = static_cast<std::ptrdiff_t>(random.Below(segments.size() + 1));
    segments.insert(segments.begin() + at, std::move(segment));
  }
};

Structure StructureOf(ByteSpan jpeg) {
  Structure structure;
  JpegSegmentReader reader(jpeg);
  const std::uint8_t* behind = jpeg.data();  // the segment before
  const auto end_data = [&](const std::uint8_t* end) {
    if (structure.segments.empty()) return;
    Segment& last = structure.segments.back();
    if (last.code == marker::kStartOfScan && end > behind) last.data.assign(behind, end);
  };
  constexpr std::ptrdiff_t kHeadBytes = 4;  // marker and length
  while (const auto segment = reader.Next()) {
    end_data(segment->payload.data() - kHeadBytes);
    structure.segments.push_back(
        {segment->marker, {segment->payload.begin(), segment->payload.end()}, {}});
    behind = segment->payload.data() + segment->payload.size();
  }
  structure.has_end = reader.found_end_marker();
  ByteSpan rest(behind, jpeg.data() + jpeg.size());
  while (structure.has_end && !rest.empty() && TakeMarker(rest) != marker::kEndOfImage) {
  }
  end_data(rest.data() - (structure.has_end && rest.data() != nullptr ? 2 : 0));
  return structure;
}

Bytes BytesOfStructure(const Structure& structure) {
  Bytes jpeg = {kMarkerPrefix, marker::kStartOfImage};
  for (const Segment& segment : structure.segments) {
    const std::size_t length = segment.wrong_length.value_or(segment.payload.size() + 2);
    jpeg.insert(jpeg.end(), {kMarkerPrefix, segment.code, static_cast<std::uint8_t>(length >> 8),
                             static_cast<std::uint8_t>(length)});
    jpeg.insert(jpeg.end(), segment.payload.begin(), segment.payload.end());
    jpeg.insert(jpeg.end(), segment.data.begin(), segment.data.end());
  }
  if (structure.has_end) jpeg.insert(jpeg.end(), {kMarkerPrefix, marker::kEndOfImage});
  return jpeg;
}

// ---- The changes --------------------------------------------------------------------------------

void ChangeTable(Structure& jpeg, Random& random) {
  Segment* const table = jpeg.Find(
      random.OneOf(std::array{marker::kQuantizationTables, marker::kHuffmanTables}), random);
  if (table == nullptr || table->payload.empty()) return;
  table->payload[random.Below(table->payload.size())] = random.Byte();
}

// Places in a frame's payload: precision, height, width, count, and three bytes a component.
constexpr std::size_t kHeightLow = 2;
constexpr std::size_t kWidthLow = 4;
constexpr std::size_t kFirstComponent = 6;
constexpr std::size_t kComponentBytes = 3;

void ChangeFrame(Structure& jpeg, Random& random) {
  constexpr std::array<std::uint8_t, 8> kFactors = {0x11, 0x21, 0x12, 0x22, 0x41, 0x14, 0x31, 0x42};
  Segment* const frame = jpeg.FindFrame();
  if (frame == nullptr || frame->payload.size() < kFirstComponent + kComponentBytes) return;
  Bytes& payload = frame->payload;
  const std::size_t components = (payload.size() - kFirstComponent) / kComponentBytes;
  std::uint8_t* const component =
      &payload[kFirstComponent + kComponentBytes * random.Below(components)];
  switch (random.Below(4)) {
    case 0: payload[random.OneOf(std::array{kHeightLow, kWidthLow})] = random.Byte(); break;
    case 1: component[0] = static_cast<std::uint8_t>(random.Below(5)); break;
    case 2: component[1] = random.OneOf(kFactors); break;
    default: component[2] = static_cast<std::uint8_t>(random.Below(5));
  }
}

void ChangeRestartInterval(Structure& jpeg, Random& random) {
  constexpr std::array<std::uint8_t, 7> kIntervals = {0, 1, 2, 3, 7, 30, 255};
  Segment* const old = jpeg.Find(marker::kRestartInterval, random);
  const Bytes payload = {0, random.OneOf(kIntervals)};
  if (old != nullptr && random.Below(4) != 0) {
    old->payload = payload;
  } else {
    jpeg.Insert({marker::kRestartInterval, payload, {}}, random);
  }
}

void ChangeScanHeader(Structure& jpeg, Random& random) {
  Segment* const scan = jpeg.Find(marker::kStartOfScan, random);
  if (scan == nullptr || scan->payload.size() < 6) return;
  Bytes& payload = scan->payload;
  const std::size_t components = (payload.size() - 4) / 2;
  std::uint8_t* const component = &payload[1 + 2 * random.Below(components)];
  std::uint8_t* const band = &payload[payload.size() - 3];  // first, last, bits
  switch (random.Below(5)) {
    case 0: std::swap_ranges(component, component + 2, &payload[1]); break;
    case 1: component[0] = static_cast<std::uint8_t>(random.Below(5)); break;
    case 2:
      component[1] = random.OneOf(std::array<std::uint8_t, 5>{0x00, 0x01, 0x10, 0x11, 0x32});
      break;
    case 3: band[random.Below(2)] = static_cast<std::uint8_t>(random.Below(65)); break;
    default: band[2] = random.OneOf(std::array<std::uint8_t, 7>{0, 1, 2, 0x10, 0x21, 0x32, 0x54});
  }
}

void ReorderSegments(Structure& jpeg, Random& random) {
  if (jpeg.segments.empty()) return;
  const auto any = [&] { return random.Below(jpeg.segments.size()); };
  switch (random.Below(3)) {
    case 0: std::swap(jpeg.segments[any()], jpeg.segments[any()]); break;
    case 1: {
      Segment copy = jpeg.segments[any()];
      jpeg.Insert(std::move(copy), random);
      break;
    }
    default: jpeg.segments.erase(jpeg.segments.begin() + static_cast<std::ptrdiff_t>(any()));
  }
}

// A comment or a segment of an application, with a length that may be wrong.
void InsertComment(Structure& jpeg, Random& random) {
  Segment comment{random.OneOf(std::array<std::uint8_t, 4>{marker::kComment, 0xE0, 0xE1, 0xEE}),
                  Bytes(random.Below(20), std::uint8_t{'a'}),
                  {}};
  constexpr std::array<std::uint16_t, 4> kLengths = {0, 1, 2, 40};
  if (random.Below(2) == 0) comment.wrong_length = random.OneOf(kLengths);
  jpeg.Insert(std::move(comment), random);
}

// Keeps markers and stuffed zeros as they are.
void FlipBitOfData(Structure& jpeg, Random& random) {
  Segment* const scan = jpeg.Find(marker::kStartOfScan, random);
  if (scan == nullptr || scan->data.empty()) return;
  const std::size_t at = random.Below(scan->data.size());
  const auto flipped = static_cast<std::uint8_t>(scan->data[at] ^ (1U << random.Below(8)));
  const bool is_of_marker =
      scan->data[at] == kMarkerPrefix || (at > 0 && scan->data[at - 1] == kMarkerPrefix);
  if (!is_of_marker && flipped != kMarkerPrefix) scan->data[at] = flipped;
}

void CutData(Structure& jpeg, Random& random) {
  Segment* const scan = jpeg.Find(marker::kStartOfScan, random);
  if (scan == nullptr || scan->data.empty()) return;
  scan->data.resize(random.Below(scan->data.size()));
}

void CutFile(Structure& jpeg, Random& random) {
  if (jpeg.segments.empty()) return;
  jpeg.has_end = false;
  if (random.Below(2) == 0) return;  // the end marker alone is missing
  jpeg.segments.resize(1 + random.Below(jpeg.segments.size()));
  Bytes& data = jpeg.segments.back().data;
  if (!data.empty() && random.Below(2) == 0) data.resize(random.Below(data.size()));
}

void InsertRestartMarker(Structure& jpeg, Random& random) {
  Segment* const scan = jpeg.Find(marker::kStartOfScan, random);
  if (scan == nullptr) return;
  const auto at = static_cast<std::ptrdiff_t>(random.Below(scan->data.size() + 1));
  const auto code = static_cast<std::uint8_t>(marker::kRestart0 + random.Below(8));
  scan->data.insert(scan->data.begin() + at, {kMarkerPrefix, code});
}

using Change = void (*)(Structure& jpeg, Random& random);
constexpr std::array<Change, 10> kChanges = {
    &ChangeTable,     &ChangeFrame,        &ChangeRestartInterval, &ChangeScanHeader,
    &ReorderSegments, &InsertComment,      &FlipBitOfData,         &CutData,
    &CutFile,         &InsertRestartMarker};

}  // namespace

std::vector<std::uint8_t> MutateJpeg(ByteSpan jpeg, std::uint32_t seed) {
  constexpr std::size_t kMostChanges = 4;
  Random random(seed);
  Structure structure = StructureOf(jpeg);
  for (std::size_t left = 1 + random.Below(kMostChanges); left > 0; --left) {
    random.OneOf(kChanges)(structure, random);
  }
  return BytesOfStructure(structure);
}

}  // namespace thimble
