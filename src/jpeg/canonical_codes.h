// Huffman codes as a JPEG has them: how many there are of each length, and what they stand for
// (ISO 10918-1, annex C).
//
// Thread-safety: immutable once built. Errors: Create gives nothing for what is no prefix code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace thimble {

// As a DHT segment has it.
struct HuffmanCodes {
  std::array<std::uint8_t, 17> codes_of_length{};  // [0] is unused
  std::array<std::uint8_t, 256> symbols{};         // by length, then code

  bool operator==(const HuffmanCodes&) const = default;
};

struct HuffmanCode {
  std::uint8_t length = 0;  // bits; 0: it is none
  std::uint8_t symbol = 0;
};

class CanonicalCodes {
 public:
  // Nothing also where a code is all ones.
  static std::optional<CanonicalCodes> Create(const HuffmanCodes& codes);

  // What begins with `bits`, left-aligned, if it is a code of at least `min_length` bits.
  HuffmanCode Find(std::uint64_t bits, int min_length) const;

  // By length, then code.
  std::span<const std::uint8_t> symbols() const { return {codes_.symbols.data(), count_}; }
  int codes_of_length(int length) const {
    return codes_.codes_of_length[static_cast<std::size_t>(length)];
  }

 private:
  explicit CanonicalCodes(const HuffmanCodes& codes) : codes_(codes) {}

  HuffmanCodes codes_;
  std::size_t count_ = 0;
  // By code length: past the last code, and what added to a code gives the symbol's index.
  std::array<std::int32_t, 17> code_end_{};
  std::array<std::int32_t, 17> to_index_{};
};

// Calls use(length, code, symbol) for each code, from the shortest on; those of a length ascend.
template <class Use>
void ForEachCode(const HuffmanCodes& codes, const Use& use) {
  std::uint32_t code = 0;
  std::size_t index = 0;
  for (std::size_t length = 1; length < codes.codes_of_length.size(); ++length) {
    for (int i = 0; i < codes.codes_of_length[length]; ++i) {
      use(length, code++, codes.symbols[index++]);
    }
    code <<= 1;
  }
}

}  // namespace thimble
