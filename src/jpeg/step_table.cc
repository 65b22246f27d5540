#include "jpeg/step_table.h"

#include <algorithm>

namespace thimble {
namespace {

constexpr int kZeroRun = 15;  // with no value bits: 16 zeros
constexpr int kToLeft = 64 - kLookupBits;

int ValueBits(HuffmanCode code) { return code.symbol & 15; }

bool IsEndOfBlock(HuffmanCode code, HuffmanUse use) {
  return use == HuffmanUse::kAc && code.length > 0 && ValueBits(code) == 0 &&
         code.symbol >> 4 != kZeroRun;
}

int AdvanceOf(HuffmanCode code, HuffmanUse use) {
  if (use == HuffmanUse::kDc) return 1;
  return IsEndOfBlock(code, use) ? kLoneEndAdvance : (code.symbol >> 4) + 1;
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

// The code behind `before` bits of those that a look-up sees. Behind these there are zeros: a code
// that takes some of them is not known.
HuffmanCode SeenCode(const HuffmanTable& table, std::uint64_t bits, int before) {
  if (before >= kLookupBits) return {};
  const HuffmanCode code = table.FindShort(bits << before);
  return before + code.length <= kLookupBits ? code : HuffmanCode();
}

}  // namespace

Step SingleStep(const HuffmanTable& table, std::uint64_t bits) {
  const HuffmanCode code = table.Find(bits);
  if (code.length == 0) return {1, kInvalidAdvance, 0};
  return StepOf(code, table.use(), bits);
}

StepTable::StepTable(const HuffmanTable& first, const HuffmanTable& rest, Joins joins)
    : first_(&first) {
  FillWithSingle();
  if (joins == Joins::kAll) {
    JoinAll(rest);
  } else {
    JoinTwoValues(rest);
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

void StepTable::JoinTwoValues(const HuffmanTable& rest) {
  for (std::size_t index = 0; index < lookup_.size(); ++index) {
    Step& step = lookup_[index];
    const auto first_advance = static_cast<int>(step.advance());
    if (!step.is_known() || first_advance == kLoneEndAdvance) continue;
    const std::uint64_t bits = std::uint64_t{index} << kToLeft;
    auto seen_bits = static_cast<int>(step.total_bits());
    int advance = first_advance;
    int last_value = 0;
    HuffmanCode next = SeenCode(rest, bits, seen_bits);
    const int next_bits = next.length + ValueBits(next);
    if (ValueBits(next) > 0 && seen_bits + next_bits <= kLookupBits) {
      const std::uint64_t behind = bits << seen_bits;
      last_value = StepOf(next, rest.use(), behind).FirstValueIn(behind);
      advance += AdvanceOf(next, rest.use());
      seen_bits += next_bits;
      next = SeenCode(rest, bits, seen_bits);
    }
    if (IsEndOfBlock(next, rest.use())) {
      advance += kJoinedEndAdvance;
      seen_bits += next.length;
    }
    if (advance == first_advance) continue;
    const auto number = static_cast<int>(bits >> (64 - seen_bits));
    const int to_first_value = step.FirstValueIn(bits) - number;
    step = {seen_bits, advance, to_first_value, first_advance, last_value};
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
      const HuffmanCode next = SeenCode(rest, bits, step_bits);
      if (next.length == 0) break;
      const int next_bits = step_bits + next.length + ValueBits(next);
      const int next_advance = AdvanceOf(next, rest.use());
      const bool is_end = IsEndOfBlock(next, rest.use());
      if (next_bits > kMaxBits || (!is_end && advance + next_advance >= kBlockEnd)) break;
      step_bits = next_bits;
      advance += is_end ? kJoinedEndAdvance : next_advance;
    }
    step = {step_bits, advance, 0};
  }
}

}  // namespace thimble
