#include "jpeg/step_table.h"

#include <algorithm>

namespace thimble {
namespace {

constexpr int kZeroRun = 15;  // with no value bits: 16 zeros
constexpr int kToLeft = 64 - kLookupBits;

int ValueBits(HuffmanCode code) { return code.symbol & 15; }

int AdvanceOf(HuffmanCode code, HuffmanUse use) {
  if (use == HuffmanUse::kDc) return 1;
  const int run = code.symbol >> 4;
  return ValueBits(code) == 0 && run != kZeroRun ? kLoneEndAdvance : run + 1;
}

// One code, where `bits` begin with it. A value is its bits where the first is 1, else less all
// ones (annex F.2.2.1).
Step StepOf(HuffmanCode code, HuffmanUse use, std::uint64_t bits) {
  const int value_bits = ValueBits(code);
  const auto number = static_cast<std::int64_t>(bits >> (64 - code.length));
  const bool is_negative = (bits << code.length) >> 63 == 0;
  const std::int64_t all_ones = (std::int64_t{1} << value_bits) - 1;
  const std::int64_t to_value = -(number << value_bits) - (is_negative ? all_ones : 0);
  return {code.length + value_bits, AdvanceOf(code, use), static_cast<int>(to_value)};
}

}  // namespace

StepTable::StepTable(const HuffmanTable& first, const HuffmanTable& rest, Joins joins)
    : first_(&first) {
  FillWithSingle();
  if (joins == Joins::kAll) {
    JoinAll(rest);
  } else {
    JoinEndOfBlock(rest);
  }
}

void StepTable::FillWithSingle() {
  std::size_t same = 1;  // indices that begin with the same code and value bit
  for (std::size_t index = 0; index < lookup_.size(); index += same) {
    const std::uint64_t bits = std::uint64_t{index} << kToLeft;
    const HuffmanCode code = first_->FindShort(bits);
    // Of a value its first bit, the sign, has to be seen.
    const int seen_bits = code.length + std::min(ValueBits(code), 1);
    const bool is_known =
        code.length > 0 && seen_bits <= kLookupBits && code.length + ValueBits(code) <= kMaxBits;
    same = is_known ? std::size_t{1} << (kLookupBits - seen_bits) : 1;
    std::fill_n(lookup_.begin() + static_cast<std::ptrdiff_t>(index), same,
                is_known ? StepOf(code, first_->use(), bits) : Step());
  }
}

void StepTable::JoinEndOfBlock(const HuffmanTable& rest) {
  for (std::size_t index = 0; index < lookup_.size(); ++index) {
    Step& step = lookup_[index];
    const std::uint64_t bits = std::uint64_t{index} << kToLeft;
    const auto step_bits = static_cast<int>(step.total_bits());
    const auto advance = static_cast<int>(step.advance());
    if (!step.is_known() || step_bits >= kLookupBits || advance == kLoneEndAdvance) continue;
    const HuffmanCode next = rest.FindShort(bits << step_bits);
    // Behind the bits that are seen there are zeros: a code that takes some of them is not known.
    const int joined_bits = step_bits + next.length;
    if (next.length == 0 || joined_bits > kLookupBits ||
        AdvanceOf(next, rest.use()) != kLoneEndAdvance) {
      continue;
    }
    // Everything is seen: the value, and the number that the bits are.
    const auto number = static_cast<int>(bits >> (64 - joined_bits));
    step = {joined_bits, advance + kJoinedEndAdvance, step.ValueIn(bits) - number};
  }
}

void StepTable::JoinAll(const HuffmanTable& rest) {
  for (std::size_t index = 0; index < lookup_.size(); ++index) {
    Step& step = lookup_[index];
    if (!step.is_known()) continue;
    const std::uint64_t bits = std::uint64_t{index} << kToLeft;
    auto step_bits = static_cast<int>(step.total_bits());
    auto advance = static_cast<int>(step.advance());
    while (step_bits < kLookupBits && advance < kBlockEnd) {
      const HuffmanCode next = rest.FindShort(bits << step_bits);
      if (next.length == 0 || step_bits + next.length > kLookupBits) break;
      const int next_bits = step_bits + next.length + ValueBits(next);
      const int next_advance = AdvanceOf(next, rest.use());
      const bool is_end = next_advance == kLoneEndAdvance;
      if (next_bits > kMaxBits || (!is_end && advance + next_advance >= kBlockEnd)) break;
      step_bits = next_bits;
      advance += is_end ? kJoinedEndAdvance : next_advance;
    }
    step = {step_bits, advance, 0};
  }
}

Step StepTable::FindSingle(std::uint64_t bits) const {
  const HuffmanCode code = first_->Find(bits);
  if (code.length == 0) return {1, kInvalidAdvance, 0};
  return StepOf(code, first_->use(), bits);
}

}  // namespace thimble
