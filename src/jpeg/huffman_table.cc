#include "jpeg/huffman_table.h"

#include <algorithm>

namespace thimble {
namespace {

// The largest an 8-bit baseline picture needs.
constexpr int kMaxDcValueBits = 11;
constexpr int kMaxAcValueBits = 10;

}  // namespace

std::optional<HuffmanTable> HuffmanTable::Create(const HuffmanCodes& codes, HuffmanUse use) {
  const std::optional<CanonicalCodes> canonical = CanonicalCodes::Create(codes);
  if (!canonical) return std::nullopt;
  HuffmanTable table(*canonical, use);
  if (!table.SymbolsFit()) return std::nullopt;
  table.FillLookup();
  return table;
}

bool HuffmanTable::SymbolsFit() const {
  return std::ranges::all_of(codes_.symbols(), [this](std::uint8_t symbol) {
    return use_ == HuffmanUse::kDc ? symbol <= kMaxDcValueBits : (symbol & 15) <= kMaxAcValueBits;
  });
}

HuffmanCode HuffmanTable::Find(std::uint64_t bits) const {
  const HuffmanCode code = FindShort(bits);
  return code.length > 0 ? code : codes_.Find(bits, kLookupBits + 1);
}

void HuffmanTable::FillLookup() {
  auto next = lookup_.begin();  // codes ascend, and so do the bits that begin with them
  auto symbol = codes_.symbols().begin();
  for (std::uint8_t length = 1; length <= kLookupBits; ++length) {
    for (int i = 0; i < codes_.codes_of_length(length); ++i) {
      next = std::fill_n(next, 1 << (kLookupBits - length), HuffmanCode{length, *symbol++});
    }
  }
}

}  // namespace thimble
