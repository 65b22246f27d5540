#include "jpeg/progression.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace thimble {
namespace {

constexpr int kMaxLowBit = 13;
constexpr int kMaxBlocksInMcu = 10;  // ISO 10918-1, B.2.3
constexpr int kUnseen = -1;

// The lowest bit that has come, of each coefficient.
using LowBits = std::array<int, kCoefficientsInBlock>;

bool IsLegalAlone(const ProgressiveScan& scan) {
  const bool is_dc = scan.first == 0;
  if (scan.components.empty() || (!is_dc && scan.components.size() != 1)) return false;
  if (is_dc ? scan.last != 0 : (scan.last < scan.first || scan.last > 63)) return false;
  if (scan.low_bit < 0 || scan.low_bit > kMaxLowBit) return false;
  if (scan.bit_before != 0 && scan.low_bit != scan.bit_before - 1) return false;
  const bool has_codes = !is_dc || scan.bit_before == 0;
  return scan.codes.size() == (has_codes ? scan.components.size() : 0);
}

bool HasLegalComponents(const ProgressiveScan& scan, const ProgressivePicture& picture) {
  int blocks = 0;
  for (std::size_t i = 0; i < scan.components.size(); ++i) {
    const std::size_t index = scan.components[i];
    if (index >= picture.components.size()) return false;
    const auto begin = scan.components.begin();
    if (std::count(begin, scan.components.end(), index) != 1) return false;
    const ProgressiveComponent& component = picture.components[index];
    blocks += component.blocks_across * component.blocks_down;
  }
  return scan.components.size() == 1 || blocks <= kMaxBlocksInMcu;
}

bool AddTo(LowBits& low_bits, const ProgressiveScan& scan) {
  if (scan.first > 0 && low_bits[0] == kUnseen) return false;
  const int expected = scan.bit_before == 0 ? kUnseen : scan.bit_before;
  const auto begin = low_bits.begin() + scan.first;
  const auto end = low_bits.begin() + scan.last + 1;
  if (!std::all_of(begin, end, [expected](int low_bit) { return low_bit == expected; })) {
    return false;
  }
  std::fill(begin, end, scan.low_bit);
  return true;
}

bool HasLegalGrids(const ProgressivePicture& picture) {
  return std::all_of(
      picture.components.begin(), picture.components.end(), [&](const auto& component) {
        return component.own_grid.across <= picture.mcus_across * component.blocks_across &&
               component.own_grid.down <= picture.mcus_down * component.blocks_down;
      });
}

}  // namespace

bool IsLegalProgression(const ProgressivePicture& picture) {
  if (picture.components.empty() || !HasLegalGrids(picture)) return false;
  LowBits none;
  none.fill(kUnseen);
  std::vector<LowBits> low_bits(picture.components.size(), none);
  for (const ProgressiveScan& scan : picture.scans) {
    if (!IsLegalAlone(scan) || !HasLegalComponents(scan, picture)) return false;
    for (const std::size_t component : scan.components) {
      if (!AddTo(low_bits[component], scan)) return false;
    }
  }
  return std::all_of(low_bits.begin(), low_bits.end(),
                     [](const LowBits& bits) { return bits[0] != kUnseen; });
}

}  // namespace thimble
