// Huffman codes of one table (ISO 10918-1, annex C).
//
// Thread-safety: immutable once built. Errors: Create gives nothing for a table that is no prefix
// code, or whose values do not fit 8-bit baseline pictures.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace thimble {

inline constexpr int kLookupBits = 11;

// As a DHT segment has it.
struct HuffmanCodes {
  std::array<std::uint8_t, 17> codes_of_length{};  // [0] is unused
  std::array<std::uint8_t, 256> symbols{};         // by length, then code

  bool operator==(const HuffmanCodes&) const = default;
};

enum class HuffmanUse : std::uint8_t { kDc, kAc };

struct HuffmanCode {
  std::uint8_t length = 0;  // bits; 0: it is none
  std::uint8_t symbol = 0;
};

class HuffmanTable {
 public:
  static std::optional<HuffmanTable> Create(const HuffmanCodes& codes, HuffmanUse use);

  HuffmanUse use() const { return use_; }
  // What begins with `bits`, left-aligned. Of up to kLookupBits bits:
  HuffmanCode FindShort(std::uint64_t bits) const { return lookup_[bits >> (64 - kLookupBits)]; }
  // And of any length:
  HuffmanCode Find(std::uint64_t bits) const;

 private:
  HuffmanTable(const HuffmanCodes& codes, HuffmanUse use) : codes_(codes), use_(use) {}
  bool AssignCodes();
  bool SymbolsFit() const;
  void FillLookup();

  std::array<HuffmanCode, std::size_t{1} << kLookupBits> lookup_{};
  HuffmanCodes codes_;
  HuffmanUse use_;
  // By code length: past the last code, and what added to a code gives the symbol's index.
  std::array<std::int32_t, 17> code_end_{};
  std::array<std::int32_t, 17> to_index_{};
};

}  // namespace thimble
