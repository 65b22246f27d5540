#include "jpeg/optimal_codes.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <numeric>
#include <vector>

namespace thimble {
namespace {

constexpr std::size_t kMaxCodeBits = 16;
constexpr std::size_t kReserved = 256;  // takes the code of all ones
constexpr std::size_t kLeaves = 257;
constexpr std::size_t kNone = kLeaves;

// Symbols whose codes share a tree grow by a bit each time it becomes a branch of a larger one.
class CodeTree {
 public:
  explicit CodeTree(const SymbolCounts& counts) {
    std::copy(counts.begin(), counts.end(), counts_.begin());
    counts_[kReserved] = 1;
    next_in_tree_.fill(kNone);
    for (std::size_t i = 0; i < kLeaves; ++i) {
      if (counts_[i] != 0) roots_.push_back(i);
    }
  }

  std::array<std::size_t, kLeaves> CodeLengths() {
    while (roots_.size() > 1) {
      const std::size_t least = TakeRarestRoot();
      const std::size_t second = TakeRarestRoot();
      counts_[least] += counts_[second];
      // Kept in ascending order, on which ties depend.
      roots_.insert(std::lower_bound(roots_.begin(), roots_.end(), least), least);
      LengthenTree(least, second);
      LengthenTree(second, kNone);
    }
    return lengths_;
  }

 private:
  // Of roots as rare, the one with the largest symbol.
  std::size_t TakeRarestRoot() {
    std::size_t rarest = 0;
    for (std::size_t i = 1; i < roots_.size(); ++i) {
      if (counts_[roots_[i]] <= counts_[roots_[rarest]]) rarest = i;
    }
    const std::size_t taken = roots_[rarest];
    roots_.erase(std::next(roots_.begin(), static_cast<std::ptrdiff_t>(rarest)));
    return taken;
  }

  // One more bit for each symbol from `symbol` on; `appended` follows the last.
  void LengthenTree(std::size_t symbol, std::size_t appended) {
    std::size_t last = symbol;
    for (; symbol != kNone; symbol = next_in_tree_[symbol]) {
      ++lengths_[symbol];
      last = symbol;
    }
    if (appended != kNone) next_in_tree_[last] = appended;
  }

  std::array<std::uint64_t, kLeaves> counts_{};
  std::array<std::size_t, kLeaves> next_in_tree_{};
  std::array<std::size_t, kLeaves> lengths_{};
  std::vector<std::size_t> roots_;
};

// Shortens codes of more than 16 bits: pairs of the longest hang from a shorter code's leaf
// instead.
void LimitLengths(std::vector<std::uint32_t>& codes_of_length) {
  for (std::size_t length = codes_of_length.size() - 1; length > kMaxCodeBits; --length) {
    while (codes_of_length[length] > 0) {
      std::size_t shorter = length - 2;
      while (codes_of_length[shorter] == 0) --shorter;
      codes_of_length[length] -= 2;
      codes_of_length[length - 1] += 1;
      codes_of_length[shorter + 1] += 2;
      codes_of_length[shorter] -= 1;
    }
  }
}

}  // namespace

HuffmanCodes OptimalCodes(const SymbolCounts& counts) {
  const std::array<std::size_t, kLeaves> lengths = CodeTree(counts).CodeLengths();
  std::vector<std::uint32_t> codes_of_length(kLeaves);
  for (const std::size_t length : lengths) {
    if (length > 0) ++codes_of_length[length];
  }
  LimitLengths(codes_of_length);
  std::size_t longest = kMaxCodeBits;
  while (codes_of_length[longest] == 0) --longest;
  --codes_of_length[longest];  // the reserved one

  HuffmanCodes codes;
  for (std::size_t length = 1; length <= kMaxCodeBits; ++length) {
    codes.codes_of_length[length] = static_cast<std::uint8_t>(codes_of_length[length]);
  }
  std::array<std::uint8_t, 256> by_length{};
  std::iota(by_length.begin(), by_length.end(), std::uint8_t{0});
  std::stable_sort(by_length.begin(), by_length.end(),
                   [&lengths](std::uint8_t a, std::uint8_t b) { return lengths[a] < lengths[b]; });
  const auto used = std::find_if(by_length.begin(), by_length.end(),
                                 [&lengths](std::uint8_t symbol) { return lengths[symbol] > 0; });
  std::copy(used, by_length.end(), codes.symbols.begin());
  return codes;
}

}  // namespace thimble
