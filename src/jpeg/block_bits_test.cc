#include "jpeg/block_bits.h"

#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <random>
#include <vector>

#include "jpeg/zigzag.h"

namespace thimble {
namespace {

class BlockBitsOfThisCpu : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(BlockBitsOfThisCpu);

TEST_P(BlockBitsOfThisCpu, AreAddedAwayFromZero) {
  constexpr std::size_t kBlocks = 50;
  std::mt19937_64 random(1);
  std::vector<BlockBits> blocks(kBlocks);
  std::vector<std::int16_t> coefficients(kBlocks * 64);
  std::vector<std::int16_t> expected(kBlocks * 64);
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const auto any_ac = [&random] { return random() & ~CoefficientAt(0); };
    blocks[i] = {any_ac(), any_ac(), {any_ac(), any_ac(), any_ac()}};
    for (std::size_t position = 0; position < 64; ++position) {
      const CoefficientSet bit = CoefficientAt(static_cast<int>(position));
      const std::size_t at = i * 64 + kZigzag[position];
      // Either it had a sign before, or the refinements gave it one.
      const bool is_new = random() % 2 == 0;
      if (!is_new) blocks[i].negative &= ~bit;
      const auto before = static_cast<std::int16_t>(is_new ? 0 : (random() % 2000 + 1) * 8);
      const bool negative = is_new ? (blocks[i].negative & bit) != 0 : random() % 2 == 0;
      int magnitude = before;
      for (std::size_t k = 0; k < kRefinedBits; ++k) {
        if ((blocks[i].refined[k] & bit) != 0) magnitude += 1 << k;
      }
      coefficients[at] = static_cast<std::int16_t>(negative ? -before : before);
      expected[at] = static_cast<std::int16_t>(negative ? -magnitude : magnitude);
    }
  }
  AddRefinedBitsForThisCpu()(blocks, coefficients.data());
  EXPECT_EQ(coefficients, expected);
}

}  // namespace
}  // namespace thimble
