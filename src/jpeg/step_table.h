// Look-up tables for reading blocks: what the next bits of a scan mean, for a whole step.
//
// A step is mostly one code and its value. Thread-safety: immutable once built. Ownership: borrows
// the codes it is made of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "jpeg/huffman_table.h"
#include "jpeg/scan_place.h"

namespace thimble {

// What the next bits mean: a coefficient, mostly, and perhaps a second one.
class Step {
 public:
  Step() = default;  // not known to the look-up: goes too far
  // Of one code. `to_value`: added to the number that all the bits are it gives the value. How much
  // that is depends only on bits that the look-up sees: the code's, and the value's first, which
  // is its sign.
  Step(int total_bits, int advance, int to_value)
      : Step(total_bits, advance, to_value, advance, 0) {}
  // Of several codes, with the value of the last coefficient.
  Step(int total_bits, int advance, int to_first_value, int first_advance, int last_value)
      : word_(static_cast<std::uint32_t>(total_bits) |
              static_cast<std::uint32_t>(to_first_value & 0xFFFF) << kTotalBits |
              static_cast<std::uint32_t>(advance) << kPositionShift),
        first_advance_(static_cast<std::uint16_t>(first_advance)),
        last_value_(static_cast<std::int16_t>(last_value)) {}

  bool is_known() const { return word_ != kTooFar; }
  // With those of values. In six bits, as the CPU's shifts take it.
  std::uint32_t total_bits() const { return word_ & kTotalMask; }
  // How it moves on: positions, the values' own included, and bits.
  std::uint32_t move() const { return word_ & (~kBitMask | kTotalMask); }
  std::uint32_t advance() const { return word_ >> kPositionShift; }
  // The same up to the first coefficient.
  std::uint32_t first_advance() const { return first_advance_; }
  // That coefficient, where this step was looked up for `bits`.
  std::int16_t FirstValueIn(std::uint64_t bits) const {
    return static_cast<std::int16_t>((bits >> (-word_ & kTotalMask)) + (word_ >> kTotalBits));
  }
  // The coefficient before the position that is reached. Anything where it is the first.
  std::int16_t last_value() const { return last_value_; }

 private:
  static constexpr int kTotalBits = 6;
  static constexpr std::uint32_t kTotalMask = (1U << kTotalBits) - 1;
  static_assert(kTotalBits + 16 <= kPositionShift);

  std::uint32_t word_ = kTooFar;
  std::uint16_t first_advance_ = 0;
  std::int16_t last_value_ = 0;
};
static_assert(sizeof(Step) == 8);

// One code and its value, of kMaxBitsAStep at most.
Step SingleStep(const HuffmanTable& table, std::uint64_t bits);

class StepTable {
 public:
  // Steps that the look-up knows have no more bits than this, so that three of them fit between
  // two refills of the bit buffer.
  static constexpr int kMaxBits = 19;

  // A step of several codes ends no block but by an end-of-block code. Behind a block's last
  // coefficient there is none: what looks like one, or like more codes, goes too far then.
  enum class Joins : std::uint8_t {
    // A second coefficient and an end-of-block code, where the look-up sees all of their bits.
    kTwoValues,
    // As many AC codes as there are in a look-up, for blocks of which only DC is needed: values are
    // nonsense.
    kAll,
  };

  // For places where a code of `first` comes next and codes of `rest` behind it.
  StepTable(const HuffmanTable& first, const HuffmanTable& rest, Joins joins);

  // For what begins with `bits`, left-aligned.
  const Step& Find(std::uint64_t bits) const { return lookup_[bits >> (64 - kLookupBits)]; }
  // For where that is not known or too far.
  Step FindSingle(std::uint64_t bits) const { return SingleStep(*first_, bits); }

 private:
  void FillWithSingle();
  void JoinTwoValues(const HuffmanTable& rest);
  void JoinAll(const HuffmanTable& rest);

  std::array<Step, std::size_t{1} << kLookupBits> lookup_;
  const HuffmanTable* first_;
};

}  // namespace thimble
