#include "jpeg/optimal_codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace thimble {
namespace {

// The bits that all symbols take together.
double BitsSpent(const HuffmanCodes& codes, const SymbolCounts& counts) {
  double bits = 0;
  std::size_t index = 0;
  for (std::size_t length = 1; length < codes.codes_of_length.size(); ++length) {
    for (int i = 0; i < codes.codes_of_length[length]; ++i) {
      bits += static_cast<double>(length) * counts[codes.symbols[index++]];
    }
  }
  return bits;
}

int CountCodes(const HuffmanCodes& codes) {
  return std::accumulate(codes.codes_of_length.begin(), codes.codes_of_length.end(), 0);
}

TEST(OptimalCodes, AreShorterForWhatIsMoreFrequent) {
  SymbolCounts counts{};
  counts[5] = 1000;
  counts[7] = 100;
  counts[9] = 10;
  const HuffmanCodes codes = OptimalCodes(counts);
  EXPECT_EQ(codes.codes_of_length[1], 1);
  EXPECT_EQ(codes.codes_of_length[2], 1);
  EXPECT_EQ(codes.codes_of_length[3], 1);  // the other one of 3 bits is all ones
  EXPECT_EQ(codes.symbols[0], 5);
  EXPECT_EQ(codes.symbols[1], 7);
  EXPECT_EQ(codes.symbols[2], 9);
}

TEST(OptimalCodes, GiveASingleSymbolOneBit) {
  SymbolCounts counts{};
  counts[0] = 42;
  const HuffmanCodes codes = OptimalCodes(counts);
  EXPECT_EQ(codes.codes_of_length[1], 1);
  EXPECT_EQ(CountCodes(codes), 1);
}

TEST(OptimalCodes, ComeNearTheEntropy) {
  SymbolCounts counts{};
  for (std::size_t i = 0; i < 100; ++i) counts[i] = static_cast<std::uint32_t>(10000 / (i + 1));
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
  double entropy = 0;
  for (const std::uint32_t count : counts) {
    if (count > 0) entropy -= count * std::log2(count / all);
  }
  const double spent = BitsSpent(OptimalCodes(counts), counts);
  EXPECT_GE(spent, entropy);
  EXPECT_LT(spent, entropy * 1.02);
}

// Fibonacci numbers make the deepest tree: 40 levels before they are limited.
TEST(OptimalCodes, AreNeverLongerThanSixteenBits) {
  SymbolCounts counts{};
  counts[0] = counts[1] = 1;
  for (std::size_t i = 2; i < 40; ++i) counts[i] = counts[i - 1] + counts[i - 2];
  const HuffmanCodes codes = OptimalCodes(counts);
  EXPECT_EQ(CountCodes(codes), 40);
  double kraft = 0;
  for (std::size_t length = 1; length <= 16; ++length) {
    kraft += codes.codes_of_length[length] * std::exp2(-static_cast<double>(length));
  }
  EXPECT_LT(kraft, 1);  // the code of all ones is left
}

}  // namespace
}  // namespace thimble
