// Huffman codes of one progressive scan (ISO 10918-1, G.1.2) as a look-up table for decoding.
//
// One look-up of the next kLookupBits bits tells all about a code that is not longer; FindLongCode
// finds the others. Codes that a scan of its kind must not contain are treated as if they did not
// exist, as damage is: libjpeg-turbo then reads the picture.
//
// Thread-safety: immutable once built. Errors: Create gives nothing where no decoder would take the
// table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "jpeg/canonical_codes.h"

namespace thimble {

// The longest run of zeros; greater numbers in a step's run have the meanings below.
inline constexpr int kMaxRun = 15;
// The bits are no valid code.
inline constexpr int kNoCode = 100;
// A code that ends a block and perhaps more of them: this and the number of bits behind the code.
inline constexpr int kEndOfBlocks = 128;

// What the next bits mean where coefficients come for the first time.
class ProgressiveStep {
 public:
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

enum class ProgressiveUse : std::uint8_t { kDc, kAc };

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
  ProgressiveTable(const CanonicalCodes& codes, ProgressiveUse use, int low_bit)
      : codes_(codes), use_(use), low_bit_(low_bit) {}
  void FillLookup();
  ProgressiveStep StepOf(int length, std::uint8_t symbol) const;
  bool MayHaveValueBits(int value_bits) const;

  std::array<ProgressiveStep, std::size_t{1} << kLookupBits> lookup_{};
  CanonicalCodes codes_;
  ProgressiveUse use_;
  int low_bit_;
};

// What the next bits mean where coefficients are refined.
class RefinementStep {
 public:
  RefinementStep() = default;  // a longer code
  // A code that makes a coefficient one that is not zero, and the sign bit behind it.
  static RefinementStep Common(int total_bits, int run, bool is_negative) {
    return RefinementStep(-1 - run, total_bits, is_negative ? -1 : 0);
  }
  // Any other: its sign bit, if it has one, is not in the table.
  static RefinementStep Uncommon(int code_bits, int run, bool has_value) {
    return RefinementStep(kUncommon, code_bits, run << 1 | int{has_value});
  }

  // -1 less the number of zeros before that coefficient; far less where the step is not a common
  // one, so that it leads beyond any block.
  std::int32_t negative_run() const { return static_cast<std::int8_t>(word_); }
  std::uint32_t bits() const { return word_ >> 8 & 0xFF; }
  // Of a common step: all ones where the coefficient is negative, else zero.
  std::uint64_t negative_mask() const {
    return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(word_)} >> 31);
  }

  // Of every step but those that are longer codes.
  std::uint32_t run() const {
    return is_common() ? static_cast<std::uint32_t>(-1 - negative_run()) : word_ >> 17;
  }
  bool is_common() const { return negative_run() != kUncommon; }
  bool is_longer_code() const { return bits() == 0; }
  bool uncommon_has_value() const { return (word_ >> 16 & 1) != 0; }

 private:
  static constexpr int kUncommon = -128;

  RefinementStep(int negative_run, int bits, int high_half)
      : word_((static_cast<std::uint32_t>(negative_run) & 0xFF) |
              static_cast<std::uint32_t>(bits) << 8 | static_cast<std::uint32_t>(high_half) << 16) {
  }

  std::uint32_t word_ = kUncommon & 0xFF;
};

class RefinementTable {
 public:
  static constexpr int kLookupBits = 10;

  static std::optional<RefinementTable> Create(const HuffmanCodes& codes);

  // For what begins with `bits`, left-aligned. FindLongCode knows the longer codes.
  RefinementStep Find(std::uint64_t bits) const { return lookup_[bits >> (64 - kLookupBits)]; }
  RefinementStep FindLongCode(std::uint64_t bits) const { return UncommonStep(bits); }

 private:
  explicit RefinementTable(const CanonicalCodes& codes) : codes_(codes) {}
  RefinementStep UncommonStep(std::uint64_t bits) const;

  std::array<RefinementStep, std::size_t{1} << kLookupBits> lookup_{};
  CanonicalCodes codes_;
};

}  // namespace thimble
