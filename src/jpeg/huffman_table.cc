#include "jpeg/huffman_table.h"

#include <algorithm>
#include <numeric>

namespace thimble {
namespace {

constexpr int kMaxCodeBits = 16;
// The largest an 8-bit baseline picture needs. Together with the longest code, two values always
// fit between two refills of the bit buffer.
constexpr int kMaxDcValueBits = 11;
constexpr int kMaxAcValueBits = 10;
constexpr int kZeroRun = 15;  // with no value bits: 16 zeros

}  // namespace

std::optional<HuffmanTable> HuffmanTable::Create(const HuffmanCodes& codes, HuffmanUse use) {
  HuffmanTable table(codes);
  table.is_dc_ = use == HuffmanUse::kDc;
  if (!table.AssignCodes() || !table.SymbolsFit()) return std::nullopt;
  table.FillLookup();
  if (use == HuffmanUse::kAcSkipped) table.JoinSteps();
  return table;
}

bool HuffmanTable::AssignCodes() {
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
  return true;
}

bool HuffmanTable::SymbolsFit() const {
  const auto count = static_cast<std::size_t>(std::accumulate(
      codes_.codes_of_length.begin() + 1, codes_.codes_of_length.end(), std::int32_t{0}));
  return std::all_of(codes_.symbols.begin(),
                     codes_.symbols.begin() + static_cast<std::ptrdiff_t>(count),
                     [this](std::uint8_t symbol) {
                       return is_dc_ ? symbol <= kMaxDcValueBits : (symbol & 15) <= kMaxAcValueBits;
                     });
}

HuffmanStep HuffmanTable::StepOf(int length, std::uint8_t symbol) const {
  const int run = is_dc_ ? 0 : symbol >> 4;
  const int value_bits = symbol & 15;
  const bool end_of_block = !is_dc_ && value_bits == 0 && run != kZeroRun;
  return {length, value_bits, end_of_block ? kEndOfBlockAdvance : run + 1, length + value_bits};
}

HuffmanStep HuffmanTable::FindLongCode(std::uint64_t bits) const {
  for (int length = kLookupBits + 1; length <= kMaxCodeBits; ++length) {
    const auto code = static_cast<std::int32_t>(bits >> (64 - length));
    const auto at = static_cast<std::size_t>(length);
    if (code < code_end_[at]) {
      const std::int32_t index = code + to_index_[at];
      return StepOf(length, codes_.symbols[static_cast<std::size_t>(index)]);
    }
  }
  return {1, 0, kInvalidAdvance, 1};
}

void HuffmanTable::FillLookup() {
  auto next = lookup_.begin();  // codes ascend, and so do the bits that begin with them
  std::size_t index = 0;
  for (int length = 1; length <= kLookupBits; ++length) {
    for (int i = 0; i < codes_.codes_of_length[static_cast<std::size_t>(length)]; ++i) {
      const HuffmanStep step = StepOf(length, codes_.symbols[index++]);
      next = std::fill_n(next, 1 << (kLookupBits - length), step);
    }
  }
}

void HuffmanTable::JoinSteps() {
  const auto single = lookup_;
  constexpr std::uint32_t kMask = (1U << kLookupBits) - 1;
  for (std::uint32_t bits = 0; bits < lookup_.size(); ++bits) {
    if (single[bits].is_longer_code()) continue;
    auto total_bits = static_cast<int>(single[bits].total_bits());
    auto advance = static_cast<int>(single[bits].advance());
    while (total_bits < kLookupBits && advance < kBlockEnd) {
      const HuffmanStep next = single[(bits << total_bits) & kMask];
      const auto next_advance = static_cast<int>(next.advance());
      const bool known =
          !next.is_longer_code() && total_bits + static_cast<int>(next.code_bits()) <= kLookupBits;
      const bool past_end = next_advance < kBlockEnd && advance + next_advance >= kBlockEnd;
      if (!known || past_end) break;
      advance += next_advance;
      total_bits += static_cast<int>(next.total_bits());
    }
    lookup_[bits] = {total_bits, 0, advance, total_bits};
  }
}

}  // namespace thimble
