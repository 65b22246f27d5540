// Huffman codes of one progressive scan (ISO 10918-1, G.1.2) as a look-up table for decoding.
//
// One look at the next kLookupBits bits tells all about a code that is not longer; FindLongCode
// knows the others. What a scan of its kind may not contain is no code here: damage and oddities
// look alike, and go to a more patient decoder.
//
// Thread-safety: immutable once built. Errors: Create gives nothing where no decoder would take the
// table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "jpeg/huffman_table.h"

namespace thimble {

enum class ProgressiveUse : std::uint8_t { kDcFirst, kAcFirst, kAcRefinement };

class ProgressiveStep {
 public:
  // Of codes that end a block and perhaps more of them: kEndOfBlocks and the number of bits behind
  // the code. Larger than any run that fits a block, as is kNoCode.
  static constexpr int kEndOfBlocks = 128;
  static constexpr int kNoCode = 100;

  ProgressiveStep() = default;  // a longer code
  ProgressiveStep(int code_bits, int value_bits, int run)
      : word_(static_cast<std::uint32_t>(run) | static_cast<std::uint32_t>(code_bits) << 8 |
              static_cast<std::uint32_t>(63 - value_bits) << 16 |
              static_cast<std::uint32_t>(code_bits + value_bits) << 24) {}

  bool is_longer_code() const { return word_ == 0; }
  // Zero coefficients before the one that has the value, which is zero itself without value bits.
  std::uint32_t run() const { return word_ & 0xFF; }
  std::uint32_t code_bits() const { return word_ >> 8 & 63; }
  // 63 less the number of value bits.
  std::uint32_t value_shift() const { return word_ >> 16 & 63; }
  // With those of the value.
  std::uint32_t total_bits() const { return word_ >> 24; }
  bool has_value() const { return value_shift() != 63; }

 private:
  std::uint32_t word_ = 0;
};

class ProgressiveTable {
 public:
  static constexpr int kLookupBits = 10;

  // `low_bit`: the scan's Al, by which values are shifted.
  static std::optional<ProgressiveTable> Create(const HuffmanCodes& codes, ProgressiveUse use,
                                                int low_bit);

  // For what begins with `bits`, left-aligned.
  ProgressiveStep Find(std::uint64_t bits) const { return lookup_[bits >> (64 - kLookupBits)]; }
  ProgressiveStep FindLongCode(std::uint64_t bits) const;

 private:
  ProgressiveTable(const HuffmanCodes& codes, ProgressiveUse use, int low_bit)
      : codes_(codes), use_(use), low_bit_(low_bit) {}
  bool AssignCodes();
  void FillLookup();
  ProgressiveStep StepOf(int length, std::uint8_t symbol) const;
  bool MayHaveValueBits(int value_bits) const;

  std::array<ProgressiveStep, std::size_t{1} << kLookupBits> lookup_{};
  HuffmanCodes codes_;
  ProgressiveUse use_;
  int low_bit_;
  // By code length: past the last code, and what added to a code gives the symbol's index.
  std::array<std::int32_t, 17> code_end_{};
  std::array<std::int32_t, 17> to_index_{};
};

}  // namespace thimble
