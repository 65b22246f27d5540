#include "jpeg/progressive_table.h"

#include <algorithm>

namespace thimble {
namespace {

constexpr int kMaxCodeBits = 16;
// The largest that 8-bit pictures need.
constexpr int kMaxDcValueBits = 11;
constexpr int kMaxAcValueBits = 10;
constexpr int kMaxDcSymbol = 15;  // libjpeg refuses tables that have greater ones
constexpr int kCoefficientBits = 15;
constexpr int kZeroRun = 15;  // with no value bits: 16 zeros

}  // namespace

std::optional<ProgressiveTable> ProgressiveTable::Create(const HuffmanCodes& codes,
                                                         ProgressiveUse use, int low_bit) {
  ProgressiveTable table(codes, use, low_bit);
  if (!table.AssignCodes()) return std::nullopt;
  table.FillLookup();
  return table;
}

bool ProgressiveTable::AssignCodes() {
  std::int32_t code = 0;
  std::int32_t index = 0;
  for (std::size_t length = 1; length <= kMaxCodeBits; ++length) {
    to_index_[length] = index - code;
    code += codes_.codes_of_length[length];
    index += codes_.codes_of_length[length];
    if (index > 256) return false;
    // No code may be all ones.
    if (codes_.codes_of_length[length] > 0 && code >= 1 << length) return false;
    code_end_[length] = code;
    code <<= 1;
  }
  return use_ != ProgressiveUse::kDcFirst ||
         std::all_of(codes_.symbols.begin(), codes_.symbols.begin() + index,
                     [](std::uint8_t symbol) { return symbol <= kMaxDcSymbol; });
}

bool ProgressiveTable::MayHaveValueBits(int value_bits) const {
  if (use_ == ProgressiveUse::kDcFirst) return value_bits <= kMaxDcValueBits;
  if (use_ == ProgressiveUse::kAcRefinement) return value_bits <= 1;
  return value_bits <= kMaxAcValueBits && value_bits + low_bit_ <= kCoefficientBits;
}

ProgressiveStep ProgressiveTable::StepOf(int length, std::uint8_t symbol) const {
  const bool is_dc = use_ == ProgressiveUse::kDcFirst;
  const int run = is_dc ? 0 : symbol >> 4;
  const int value_bits = is_dc ? symbol : symbol & 15;
  if (!MayHaveValueBits(value_bits)) return {length, 0, ProgressiveStep::kNoCode};
  const bool ends_block = !is_dc && value_bits == 0 && run != kZeroRun;
  return {length, value_bits, ends_block ? ProgressiveStep::kEndOfBlocks + run : run};
}

ProgressiveStep ProgressiveTable::FindLongCode(std::uint64_t bits) const {
  for (int length = kLookupBits + 1; length <= kMaxCodeBits; ++length) {
    const auto code = static_cast<std::int32_t>(bits >> (64 - length));
    const auto at = static_cast<std::size_t>(length);
    if (code < code_end_[at]) {
      const std::int32_t index = code + to_index_[at];
      return StepOf(length, codes_.symbols[static_cast<std::size_t>(index)]);
    }
  }
  return {1, 0, ProgressiveStep::kNoCode};
}

void ProgressiveTable::FillLookup() {
  auto next = lookup_.begin();  // codes ascend, and so do the bits that begin with them
  std::size_t index = 0;
  for (int length = 1; length <= kLookupBits; ++length) {
    for (int i = 0; i < codes_.codes_of_length[static_cast<std::size_t>(length)]; ++i) {
      const ProgressiveStep step = StepOf(length, codes_.symbols[index++]);
      next = std::fill_n(next, 1 << (kLookupBits - length), step);
    }
  }
}

}  // namespace thimble
