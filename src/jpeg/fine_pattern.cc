#include "jpeg/fine_pattern.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <numeric>

#include "jpeg/progressive_table.h"
#include "jpeg/zigzag.h"

namespace thimble {
namespace {

constexpr std::size_t kCoefficients = 64;
constexpr std::uint8_t kMarkerPrefix = 0xFF;
constexpr std::uint8_t kRestart0 = 0xD0;
constexpr std::uint8_t kRestart7 = 0xD7;

// How much is looked at: this many places at most, and one for so many blocks of the scan.
constexpr std::size_t kMaxPlaces = 48;
constexpr std::size_t kBlocksAPlace = 1536;
// Read at each place before anything is believed; Huffman codes need some hundred codes.
constexpr int kBlocksToSynchronize = 32;
// Of a component: the blocks that are judged together.
constexpr int kGroupBlocks = 32;
// A group counts when this many of its blocks do. A photograph's edges do not run through them all.
constexpr int kMostOfGroup = kGroupBlocks * 3 / 4;
// A picture holds a pattern when one group of so many counts. Or one of fewer, where all detail
// lies across the row: a single line, which runs through a whole row of blocks, makes as much of
// it.
constexpr std::size_t kGroupsToOne = 12;
constexpr std::size_t kGroupsToOneAlongLines = 3;

// An amplitude in gray levels as a sum of squared coefficients.
constexpr std::int64_t Energy(std::int64_t amplitude) { return 32 * amplitude * amplitude; }

// Photographs hardly have these in most blocks of a group (decision 11 has the figures).
constexpr std::int64_t kStrong = Energy(20);
constexpr std::int64_t kVeryStrong = Energy(50);
constexpr std::int32_t kGreatStep = 8 * 2 * 50;  // from one block's DC to the next one's

bool IsRestart(std::uint8_t marker) { return marker >= kRestart0 && marker <= kRestart7; }

// Behind the next marker in `data`, or at its end; `marker` becomes that marker, or 0.
ByteSpan BehindMarker(ByteSpan data, std::uint8_t& marker) {
  marker = 0;
  while (data.size() >= 2) {
    const void* const found = std::memchr(data.data(), kMarkerPrefix, data.size() - 1);
    if (found == nullptr) break;
    const auto at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - data.data());
    marker = data[at + 1];
    data = data.subspan(at + (marker == kMarkerPrefix ? 1 : 2));
    if (marker != 0 && marker != kMarkerPrefix) return data;
  }
  marker = 0;
  return {};
}

// Without what follows the scan: other scans, or whatever is appended to a file.
ByteSpan WithinScan(ByteSpan data) {
  std::uint8_t marker = 0;
  ByteSpan rest = data;
  do {
    rest = BehindMarker(rest, marker);
  } while (IsRestart(marker));
  return data.first(data.size() - rest.size());
}

// The bits of a segment between markers; zeros behind it.
class SegmentBits {
 public:
  explicit SegmentBits(ByteSpan data) : rest_(data) {}

  // What comes next, left-aligned: 32 bits at least, which a code and its value fit in.
  std::uint64_t Look() {
    if (loaded_ < 32 && !LoadFourBytes()) {
      while (loaded_ < 32) LoadByte();
    }
    return bits_;
  }
  void Skip(std::uint32_t count) {
    bits_ <<= count;
    loaded_ -= static_cast<int>(count);
  }
  bool is_past_end() const { return loaded_ < padding_; }
  // From the marker on at which the segment ended.
  ByteSpan rest() const { return rest_; }

 private:
  // Where none of them needs a closer look.
  bool LoadFourBytes() {
    if (rest_.size() < 4) return false;
    const std::uint32_t bytes = std::uint32_t{rest_[0]} << 24 | std::uint32_t{rest_[1]} << 16 |
                                std::uint32_t{rest_[2]} << 8 | std::uint32_t{rest_[3]};
    const std::uint32_t inverted = ~bytes;  // has a byte of zero where one may begin a marker
    if (((inverted - 0x01010101) & bytes & 0x80808080) != 0) return false;
    bits_ |= std::uint64_t{bytes} << (32 - loaded_);
    loaded_ += 32;
    rest_ = rest_.subspan(4);
    return true;
  }
  void LoadByte() {
    std::uint64_t byte = 0;
    if (rest_.empty() || is_marker_next()) {
      padding_ += 8;
    } else {
      byte = rest_.front();
      rest_ = rest_.subspan(byte == kMarkerPrefix && rest_.size() > 1 ? 2 : 1);
    }
    bits_ |= byte << (56 - loaded_);
    loaded_ += 8;
  }
  bool is_marker_next() const {
    return rest_.front() == kMarkerPrefix && rest_.size() > 1 && rest_[1] != 0;
  }

  ByteSpan rest_;
  std::uint64_t bits_ = 0;
  int loaded_ = 0;
  int padding_ = 0;  // of what has been loaded
};

std::int32_t ValueOf(ProgressiveStep step, std::uint64_t bits) {
  const auto value_bits = 63 - static_cast<int>(step.value_shift());
  if (value_bits == 0) return 0;
  const std::uint64_t behind_code = bits << step.code_bits();
  const auto value = static_cast<std::int32_t>(behind_code >> (64 - value_bits));
  return behind_code >> 63 != 0 ? value : value - (1 << value_bits) + 1;
}

// What a coefficient adds to: the kinds of detail, and once more for what changes from row to row
// only.
enum Detail : std::uint8_t { kFirst, kSecond, kDiagonal, kHigh, kDetails };

// By place in the zigzag sequence: 1 and 2, then 3 to 5 with the diagonal between.
constexpr std::array<std::uint8_t, kCoefficients> kDetailOf = [] {
  std::array<std::uint8_t, kCoefficients> details{};
  for (std::size_t i = 0; i < details.size(); ++i) {
    const Detail detail = i > 5 ? kHigh : i == 4 ? kDiagonal : i > 2 ? kSecond : kFirst;
    details[i] = static_cast<std::uint8_t>(detail + (kZigzag[i] % 8 == 0 ? kDetails : 0));
  }
  return details;
}();

// A block's squared coefficients. Summed up by table: which kind comes next nobody can predict, and
// a processor that guesses wrong loses more time than a sum takes.
struct BlockDetail {
  std::array<std::int64_t, 2 * std::size_t{kDetails}> energies{};
  std::int32_t dc_step = 0;  // from the block before

  std::int64_t sum(Detail detail) const { return energies[detail] + energies[detail + kDetails]; }
  std::int64_t first() const { return sum(kFirst); }    // one half-wave a block
  std::int64_t second() const { return sum(kSecond); }  // two of them, along a row or a column
  // Both, and the diagonal between them.
  std::int64_t low() const { return first() + second() + sum(kDiagonal); }
  std::int64_t high() const { return sum(kHigh); }  // all finer ones
  // Of these all, what changes from row to row only.
  std::int64_t across() const {
    return std::accumulate(energies.begin() + kDetails, energies.end(), std::int64_t{0});
  }
};

class GroupDetail {
 public:
  void Add(const BlockDetail& block) {
    const std::int64_t low = block.low();
    const std::int64_t high = block.high();
    ++blocks_;
    first_ += block.first();
    second_ += block.second();
    all_ += low + high;
    across_ += block.across();
    strong_high_ += static_cast<int>(high >= kStrong);
    strong_low_ += static_cast<int>(low >= kStrong);
    very_strong_ += static_cast<int>(low >= kVeryStrong || std::abs(block.dc_step) >= kGreatStep);
  }
  bool is_complete() const { return blocks_ >= kGroupBlocks; }
  // Fine detail in most blocks. In the low frequencies, where photographs have most of theirs, it
  // must be stronger still, or not fall with the frequency as theirs does.
  bool is_pattern() const {
    return strong_high_ >= kMostOfGroup || very_strong_ >= kMostOfGroup ||
           (strong_low_ >= kMostOfGroup && 2 * second_ > first_);
  }
  // What makes it one may be a line along the row of blocks.
  bool may_be_line() const { return 10 * across_ > 9 * all_; }

 private:
  int blocks_ = 0;
  int strong_high_ = 0;
  int strong_low_ = 0;
  int very_strong_ = 0;
  std::int64_t first_ = 0;
  std::int64_t second_ = 0;
  std::int64_t all_ = 0;
  std::int64_t across_ = 0;
};

class ScanSampler {
 public:
  static std::optional<ScanSampler> Create(const SampledScan& scan);

  bool FindsPattern();

 private:
  struct Component {
    std::optional<ProgressiveTable> dc;
    ProgressiveTable ac;
    std::array<std::int32_t, kCoefficients> steps;  // of quantization, as coefficients come
    bool is_judged;                                 // the finest ones are
    std::size_t groups = 0;
    std::size_t patterns = 0;
    std::size_t lines = 0;  // or patterns
  };
  // Where reading has come to at one place.
  struct Place {
    SegmentBits bits;
    int blocks_to_synchronize;
    std::size_t block_of_mcu = 0;
    std::uint32_t end_of_blocks = 0;  // blocks that an end-of-block code has ended ahead
    std::vector<GroupDetail> groups;  // of each component
  };

  explicit ScanSampler(const SampledScan& scan) : scan_(scan), data_(WithinScan(scan.data)) {}

  void LookAt(std::size_t offset);
  bool IsComplete(const Place& place) const;
  bool GoToNextSegment(Place& place) const;
  void ReadBlock(Place& place) const;
  // False where there is no such code.
  bool ReadCoefficients(const Component& component, Place& place, BlockDetail& block) const;

  const SampledScan& scan_;
  ByteSpan data_;
  std::vector<Component> components_;
  std::vector<std::size_t> component_of_block_;  // in an MCU
};

// A DC comes whole also where AC coefficients lack their last `low_bit` bits.
std::array<std::int32_t, kCoefficients> StepsOf(const QuantizationTable& table, int low_bit) {
  std::array<std::int32_t, kCoefficients> steps{};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i] = table[kZigzag[i]] * (i == 0 ? 1 : 1 << low_bit);
  }
  return steps;
}

std::optional<ScanSampler> ScanSampler::Create(const SampledScan& scan) {
  ScanSampler sampler(scan);
  std::size_t most_blocks = 0;
  for (const SampledComponent& component : scan.components) {
    most_blocks = std::max(most_blocks, component.blocks);
  }
  for (const SampledComponent& component : scan.components) {
    const auto ac = ProgressiveTable::Create(component.ac, ProgressiveUse::kAc, scan.low_bit);
    std::optional<ProgressiveTable> dc;
    if (component.dc) dc = ProgressiveTable::Create(*component.dc, ProgressiveUse::kDc, 0);
    if (!ac || dc.has_value() != component.dc.has_value()) return std::nullopt;
    sampler.component_of_block_.insert(sampler.component_of_block_.end(), component.blocks,
                                       sampler.components_.size());
    sampler.components_.push_back({.dc = dc,
                                   .ac = *ac,
                                   .steps = StepsOf(component.quantization, scan.low_bit),
                                   .is_judged = component.blocks == most_blocks});
  }
  if (sampler.component_of_block_.empty()) return std::nullopt;
  return sampler;
}

bool ScanSampler::FindsPattern() {
  const std::size_t places = std::clamp(scan_.blocks / kBlocksAPlace, std::size_t{1}, kMaxPlaces);
  // The first one is no guess: strictly periodic data need not synchronize anywhere else.
  for (std::size_t i = 0; i < places; ++i) LookAt(data_.size() * i / places);
  return std::ranges::any_of(components_, [](const Component& component) {
    const std::size_t patterns = component.patterns + component.lines;
    return (component.patterns > 0 && component.patterns * kGroupsToOne >= component.groups) ||
           (patterns > 0 && patterns * kGroupsToOneAlongLines >= component.groups);
  });
}

void ScanSampler::LookAt(std::size_t offset) {
  ByteSpan from = data_.subspan(offset);
  int blocks_to_synchronize = offset == 0 ? 0 : kBlocksToSynchronize;
  if (offset > 0 && scan_.has_restarts) {
    std::uint8_t marker = 0;
    from = BehindMarker(from, marker);
    blocks_to_synchronize = 0;
  }
  Place place = {.bits = SegmentBits(from),
                 .blocks_to_synchronize = blocks_to_synchronize,
                 .groups = std::vector<GroupDetail>(components_.size())};
  // Nonsense is not read without end.
  std::size_t blocks_left = 4 * kGroupBlocks * components_.size() + 4 * kBlocksToSynchronize;
  while (!IsComplete(place)) {
    if (blocks_left-- == 0) return;
    if (place.bits.is_past_end() && !GoToNextSegment(place)) return;
    ReadBlock(place);
  }
  for (std::size_t i = 0; i < components_.size(); ++i) {
    if (!components_[i].is_judged) continue;
    ++components_[i].groups;
    if (!place.groups[i].is_pattern()) continue;
    ++(place.groups[i].may_be_line() ? components_[i].lines : components_[i].patterns);
  }
}

bool ScanSampler::IsComplete(const Place& place) const {
  for (std::size_t i = 0; i < components_.size(); ++i) {
    if (components_[i].is_judged && !place.groups[i].is_complete()) return false;
  }
  return true;
}

bool ScanSampler::GoToNextSegment(Place& place) const {
  std::uint8_t marker = 0;
  const ByteSpan behind = BehindMarker(place.bits.rest(), marker);
  if (!IsRestart(marker)) return false;
  place.bits = SegmentBits(behind);
  place.blocks_to_synchronize = 0;
  place.block_of_mcu = 0;
  place.end_of_blocks = 0;
  return true;
}

void ScanSampler::ReadBlock(Place& place) const {
  const std::size_t index = component_of_block_[place.block_of_mcu];
  if (++place.block_of_mcu == component_of_block_.size()) place.block_of_mcu = 0;
  BlockDetail block;
  if (place.end_of_blocks > 0) {
    --place.end_of_blocks;
  } else if (!ReadCoefficients(components_[index], place, block)) {
    // Not synchronized yet, or damaged.
    place.blocks_to_synchronize = kBlocksToSynchronize;
    place.groups.assign(place.groups.size(), {});
    return;
  }
  // A block that was begun in the segment's last byte was none.
  if (place.bits.is_past_end()) return;
  if (place.blocks_to_synchronize > 0) {
    --place.blocks_to_synchronize;
  } else {
    place.groups[index].Add(block);
  }
}

bool ScanSampler::ReadCoefficients(const Component& component, Place& place,
                                   BlockDetail& block) const {
  const auto take = [&place](const ProgressiveTable& table, std::int32_t& value) {
    const std::uint64_t bits = place.bits.Look();
    ProgressiveStep step = table.Find(bits);
    if (step.is_longer_code()) step = table.FindLongCode(bits);
    value = ValueOf(step, bits);
    place.bits.Skip(step.total_bits());
    return step.run();
  };
  std::int32_t value = 0;
  if (component.dc) {
    if (take(*component.dc, value) == kNoCode) return false;
    block.dc_step = value * component.steps[0];
  }
  for (auto position = static_cast<std::uint32_t>(scan_.first);;) {
    if (position > static_cast<std::uint32_t>(scan_.last)) return true;
    const std::uint32_t run = take(component.ac, value);
    if (run >= kEndOfBlocks) {
      const std::uint32_t count_bits = run - kEndOfBlocks;
      const std::uint64_t bits = place.bits.Look();
      place.bits.Skip(count_bits);
      place.end_of_blocks =
          (1U << count_bits) + static_cast<std::uint32_t>((bits >> 1) >> (63 - count_bits)) - 1;
      return true;
    }
    position += run;
    if (position > static_cast<std::uint32_t>(scan_.last)) return false;
    const std::int64_t coefficient = std::int64_t{value} * component.steps[position];
    block.energies[kDetailOf[position]] += coefficient * coefficient;
    ++position;
  }
}

}  // namespace

bool HoldsFinePattern(const SampledScan& scan) {
  std::optional<ScanSampler> sampler = ScanSampler::Create(scan);
  return sampler && sampler->FindsPattern();
}

}  // namespace thimble
