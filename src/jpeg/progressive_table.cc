#include "jpeg/progressive_table.h"

#include <algorithm>

namespace thimble {
namespace {

// The largest that 8-bit pictures need.
constexpr int kMaxDcValueBits = 11;
constexpr int kMaxAcValueBits = 10;
constexpr int kMaxDcSymbol = 15;  // libjpeg refuses tables that have greater ones
constexpr int kCoefficientBits = 15;

// Of an AC code: how it moves on in the block, or the end of blocks.
int RunOf(std::uint8_t symbol) {
  const int run = symbol >> 4;
  const bool ends_block = (symbol & 15) == 0 && run != kMaxRun;
  return ends_block ? kEndOfBlocks + run : run;
}

}  // namespace

std::optional<ProgressiveTable> ProgressiveTable::Create(const HuffmanCodes& codes,
                                                         ProgressiveUse use, int low_bit) {
  const std::optional<CanonicalCodes> canonical = CanonicalCodes::Create(codes);
  if (!canonical) return std::nullopt;
  if (use == ProgressiveUse::kDc && std::ranges::any_of(canonical->symbols(), [](auto symbol) {
        return symbol > kMaxDcSymbol;
      })) {
    return std::nullopt;
  }
  ProgressiveTable table(*canonical, use, low_bit);
  table.FillLookup();
  return table;
}

bool ProgressiveTable::MayHaveValueBits(int value_bits) const {
  if (use_ == ProgressiveUse::kDc) return value_bits <= kMaxDcValueBits;
  return value_bits <= kMaxAcValueBits && value_bits + low_bit_ <= kCoefficientBits;
}

ProgressiveStep ProgressiveTable::StepOf(int length, std::uint8_t symbol) const {
  const bool is_dc = use_ == ProgressiveUse::kDc;
  const int value_bits = is_dc ? symbol : symbol & 15;
  if (!MayHaveValueBits(value_bits)) return {length, 0, kNoCode};
  return {length, value_bits, is_dc ? 0 : RunOf(symbol)};
}

ProgressiveStep ProgressiveTable::FindLongCode(std::uint64_t bits) const {
  const HuffmanCode code = codes_.Find(bits, kLookupBits + 1);
  if (code.length == 0) return {1, 0, kNoCode};
  return StepOf(code.length, code.symbol);
}

void ProgressiveTable::FillLookup() {
  auto next = lookup_.begin();  // codes ascend, and so do the bits that begin with them
  auto symbol = codes_.symbols().begin();
  for (int length = 1; length <= kLookupBits; ++length) {
    for (int i = 0; i < codes_.codes_of_length(length); ++i) {
      next = std::fill_n(next, 1 << (kLookupBits - length), StepOf(length, *symbol++));
    }
  }
}

std::optional<RefinementTable> RefinementTable::Create(const HuffmanCodes& codes) {
  const std::optional<CanonicalCodes> canonical = CanonicalCodes::Create(codes);
  if (!canonical) return std::nullopt;
  RefinementTable table(*canonical);
  for (std::size_t i = 0; i < table.lookup_.size(); ++i) {
    const std::uint64_t bits = std::uint64_t{i} << (64 - kLookupBits);
    const RefinementStep step = table.UncommonStep(bits);
    const auto code_bits = static_cast<int>(step.bits());
    if (code_bits > kLookupBits) continue;
    table.lookup_[i] = step;
    if (!step.uncommon_has_value() || code_bits == kLookupBits) continue;
    const bool is_negative = (bits << code_bits >> 63) == 0;
    table.lookup_[i] =
        RefinementStep::Common(code_bits + 1, static_cast<int>(step.run()), is_negative);
  }
  return table;
}

RefinementStep RefinementTable::UncommonStep(std::uint64_t bits) const {
  const HuffmanCode code = codes_.Find(bits, 1);
  const int value_bits = code.symbol & 15;
  if (code.length == 0 || value_bits > 1) return RefinementStep::Uncommon(1, kNoCode, false);
  return RefinementStep::Uncommon(code.length, RunOf(code.symbol), value_bits == 1);
}

}  // namespace thimble
