#include "jpeg/huffman_table.h"

#include <algorithm>
#include <numeric>

namespace thimble {
namespace {

constexpr int kMaxCodeBits = 16;
// The largest an 8-bit baseline picture needs.
constexpr int kMaxDcValueBits = 11;
constexpr int kMaxAcValueBits = 10;

}  // namespace

std::optional<HuffmanTable> HuffmanTable::Create(const HuffmanCodes& codes, HuffmanUse use) {
  HuffmanTable table(codes, use);
  if (!table.AssignCodes() || !table.SymbolsFit()) return std::nullopt;
  table.FillLookup();
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
                       return use_ == HuffmanUse::kDc ? symbol <= kMaxDcValueBits
                                                      : (symbol & 15) <= kMaxAcValueBits;
                     });
}

HuffmanCode HuffmanTable::Find(std::uint64_t bits) const {
  const HuffmanCode code = FindShort(bits);
  if (code.length > 0) return code;
  for (std::uint8_t length = kLookupBits + 1; length <= kMaxCodeBits; ++length) {
    const auto first_bits = static_cast<std::int32_t>(bits >> (64 - length));
    if (first_bits < code_end_[length]) {
      const std::int32_t index = first_bits + to_index_[length];
      return {length, codes_.symbols[static_cast<std::size_t>(index)]};
    }
  }
  return {};
}

void HuffmanTable::FillLookup() {
  auto next = lookup_.begin();  // codes ascend, and so do the bits that begin with them
  std::size_t index = 0;
  for (std::uint8_t length = 1; length <= kLookupBits; ++length) {
    for (int i = 0; i < codes_.codes_of_length[length]; ++i) {
      next = std::fill_n(next, 1 << (kLookupBits - length),
                         HuffmanCode{length, codes_.symbols[index++]});
    }
  }
}

}  // namespace thimble
