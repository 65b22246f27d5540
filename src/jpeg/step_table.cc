#include "jpeg/step_table.h"

namespace thimble {
namespace {

constexpr int kZeroRun = 15;  // with no value bits: 16 zeros

// A code and its value.
struct Symbol {
  int code_bits = 0;
  int value_bits = 0;
  int advance = kInvalidAdvance;

  int total_bits() const { return code_bits + value_bits; }
  bool ends_block() const { return advance == kLoneEndAdvance; }
};

Symbol SymbolOf(HuffmanCode code, HuffmanUse use) {
  const int run = use == HuffmanUse::kDc ? 0 : code.symbol >> 4;
  const int value_bits = code.symbol & 15;
  const bool ends_block = use == HuffmanUse::kAc && value_bits == 0 && run != kZeroRun;
  return {code.length, value_bits, ends_block ? kLoneEndAdvance : run + 1};
}

// Alone. A value is its bits where the first is 1, else less all ones (annex F.2.2.1).
Step StepOf(const Symbol& symbol, std::uint64_t bits) {
  const auto code = static_cast<std::int64_t>(bits >> 1 >> (63 - symbol.code_bits));
  const bool is_negative = (bits << symbol.code_bits) >> 63 == 0;
  const std::int64_t all_ones = (std::int64_t{1} << symbol.value_bits) - 1;
  const std::int64_t to_value = -(code << symbol.value_bits) - (is_negative ? all_ones : 0);
  return {symbol.total_bits(), symbol.advance, static_cast<int>(to_value)};
}

// What begins with the kLookupBits bits of `bits`.
class Lookup {
 public:
  Lookup(const HuffmanTable& first, const HuffmanTable& rest) : first_(&first), rest_(&rest) {}

  Step Find(std::uint64_t bits, StepTable::Joins joins) const {
    const Symbol symbol = SymbolAt(*first_, bits, 0);
    const int seen_value_bits = symbol.value_bits > 0 ? 1 : 0;  // its sign
    if (symbol.code_bits == 0 || symbol.code_bits + seen_value_bits > kLookupBits ||
        symbol.total_bits() > StepTable::kMaxBits) {
      return {};
    }
    switch (joins) {
      case StepTable::Joins::kNothing: break;
      case StepTable::Joins::kEndOfBlock: return WithEndOfBlock(symbol, bits);
      case StepTable::Joins::kAll: return WithAll(symbol, bits);
    }
    return StepOf(symbol, bits);
  }

 private:
  // Of which all bits are seen, with `before` bits of others. Behind what is seen there are zeros:
  // a code that takes some of them is not known.
  static Symbol SymbolAt(const HuffmanTable& table, std::uint64_t bits, int before) {
    const HuffmanCode code = table.FindShort(bits << before);
    if (code.length == 0 || before + code.length > kLookupBits) return {};
    return SymbolOf(code, table.use());
  }

  Step WithEndOfBlock(const Symbol& symbol, std::uint64_t bits) const {
    const int total_bits = symbol.total_bits();
    const bool has_value = symbol.value_bits > 0 || first_->use() == HuffmanUse::kDc;
    if (!has_value || total_bits >= kLookupBits) return StepOf(symbol, bits);
    const Symbol next = SymbolAt(*rest_, bits, total_bits);
    if (!next.ends_block()) return StepOf(symbol, bits);
    // Everything is seen: the value, and the number that the bits are.
    const int value = StepOf(symbol, bits).ValueIn(bits);
    const int joined_bits = total_bits + next.code_bits;
    const auto number = static_cast<int>(bits >> (64 - joined_bits));
    return {joined_bits, symbol.advance + kJoinedEndAdvance, value - number};
  }

  Step WithAll(const Symbol& symbol, std::uint64_t bits) const {
    int total_bits = symbol.total_bits();
    int advance = symbol.advance;
    while (total_bits < kLookupBits && advance < kBlockEnd) {
      const Symbol next = SymbolAt(*rest_, bits, total_bits);
      const int next_advance = next.ends_block() ? kJoinedEndAdvance : next.advance;
      const bool past_end = !next.ends_block() && advance + next_advance >= kBlockEnd;
      if (next.code_bits == 0 || past_end || total_bits + next.total_bits() > StepTable::kMaxBits) {
        break;
      }
      total_bits += next.total_bits();
      advance += next_advance;
    }
    return {total_bits, advance, 0};
  }

  const HuffmanTable* first_;
  const HuffmanTable* rest_;
};

}  // namespace

StepTable::StepTable(const HuffmanTable& first, const HuffmanTable& rest, Joins joins)
    : first_(&first) {
  const Lookup lookup(first, rest);
  for (std::uint64_t bits = 0; bits < lookup_.size(); ++bits) {
    lookup_[bits] = lookup.Find(bits << (64 - kLookupBits), joins);
  }
}

Step StepTable::FindAny(std::uint64_t bits) const {
  const HuffmanCode code = first_->Find(bits);
  if (code.length == 0) return {1, kInvalidAdvance, 0};
  return StepOf(SymbolOf(code, first_->use()), bits);
}

}  // namespace thimble
