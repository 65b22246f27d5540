// Huffman codes of one table (ISO 10918-1, annex C) as look-up tables for decoding.
//
// One look at the next kLookupBits bits tells the code's length, how many bits of value follow it
// and how far it moves on in the block. Codes that are longer (few symbols in a thousand) take
// FindLongCode.
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

// Positions in the zigzag sequence of a block: 0 is DC.
inline constexpr int kBlockEnd = 64;
// How an end-of-block code moves on: further than anything else, so that it can be told apart.
inline constexpr int kEndOfBlockAdvance = 128;
// A position that no valid code leads to: what is no code moves on so far.
inline constexpr int kInvalidAdvance = 65;

// As a DHT segment has it.
struct HuffmanCodes {
  std::array<std::uint8_t, 17> codes_of_length{};  // [0] is unused
  std::array<std::uint8_t, 256> symbols{};         // by length, then code
};

enum class HuffmanUse : std::uint8_t {
  kDc,
  kAc,
  // AC codes are only stepped over, as many at once as fit a look-up: for results made of DC values
  // alone. Where a block ends without an end-of-block code such a step may go too far; the position
  // it arrives at is an invalid one then.
  kAcSkipped,
};

// What the next bits mean, in one word, so that the tables, which compete for the first-level
// cache, stay small. The parts that are shifted by are masked to six bits, which costs nothing: the
// CPU's shifts do the same.
class HuffmanStep {
 public:
  HuffmanStep() = default;  // a longer code
  HuffmanStep(int code_bits, int value_bits, int advance, int total_bits)
      : word_(static_cast<std::uint32_t>(advance) | static_cast<std::uint32_t>(code_bits) << 8 |
              static_cast<std::uint32_t>(63 - value_bits) << 16 |
              static_cast<std::uint32_t>(total_bits) << 24) {}

  bool is_longer_code() const { return word_ == 0; }
  // Positions, the value's own included.
  std::uint32_t advance() const { return word_ & 0xFF; }
  std::uint32_t code_bits() const { return word_ >> 8 & 63; }
  // 63 less the number of value bits.
  std::uint32_t value_shift() const { return word_ >> 16 & 63; }
  // With those of the value.
  std::uint32_t total_bits() const { return word_ >> 24; }

 private:
  std::uint32_t word_ = 0;
};

class HuffmanTable {
 public:
  static std::optional<HuffmanTable> Create(const HuffmanCodes& codes, HuffmanUse use);

  // For what begins with `bits`, left-aligned. FindLongCode knows the longer codes.
  const HuffmanStep& Find(std::uint64_t bits) const { return lookup_[bits >> (64 - kLookupBits)]; }
  HuffmanStep FindLongCode(std::uint64_t bits) const;

 private:
  explicit HuffmanTable(const HuffmanCodes& codes) : codes_(codes) {}
  bool AssignCodes();
  bool SymbolsFit() const;
  void FillLookup();
  void JoinSteps();
  HuffmanStep StepOf(int length, std::uint8_t symbol) const;

  std::array<HuffmanStep, std::size_t{1} << kLookupBits> lookup_{};
  HuffmanCodes codes_;
  bool is_dc_ = false;
  // By code length: past the last code, and what added to a code gives the symbol's index.
  std::array<std::int32_t, 17> code_end_{};
  std::array<std::int32_t, 17> to_index_{};
};

}  // namespace thimble
