// Huffman codes of one table of a baseline scan, for looking them up.
//
// Thread-safety: immutable once built. Errors: Create gives nothing for a table that is no prefix
// code, or whose values do not fit 8-bit baseline pictures.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "jpeg/canonical_codes.h"

namespace thimble {

inline constexpr int kLookupBits = 11;

enum class HuffmanUse : std::uint8_t { kDc, kAc };

class HuffmanTable {
 public:
  static std::optional<HuffmanTable> Create(const HuffmanCodes& codes, HuffmanUse use);

  HuffmanUse use() const { return use_; }
  // What begins with `bits`, left-aligned. Of up to kLookupBits bits:
  HuffmanCode FindShort(std::uint64_t bits) const { return lookup_[bits >> (64 - kLookupBits)]; }
  // And of any length:
  HuffmanCode Find(std::uint64_t bits) const;

 private:
  HuffmanTable(const CanonicalCodes& codes, HuffmanUse use) : codes_(codes), use_(use) {}
  bool SymbolsFit() const;
  void FillLookup();

  std::array<HuffmanCode, std::size_t{1} << kLookupBits> lookup_{};
  CanonicalCodes codes_;
  HuffmanUse use_;
};

}  // namespace thimble
