#include "jpeg/progressive_table.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

namespace thimble {
namespace {

// One code of each of the lengths.
HuffmanCodes Codes(std::initializer_list<int> lengths, std::initializer_list<int> symbols) {
  HuffmanCodes codes;
  for (const int length : lengths) ++codes.codes_of_length[static_cast<std::size_t>(length)];
  std::size_t i = 0;
  for (const int symbol : symbols) codes.symbols[i++] = static_cast<std::uint8_t>(symbol);
  return codes;
}

// Left-aligned.
std::uint64_t Bits(std::string_view digits) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] == '1') bits |= std::uint64_t{1} << (63 - i);
  }
  return bits;
}

TEST(ProgressiveTable, KnowsRunsValuesAndEndsOfBlocks) {
  const auto table = ProgressiveTable::Create(Codes({1, 2, 3, 12}, {0x23, 0xF0, 0x50, 0x17}),
                                              ProgressiveUse::kAc, 0);
  ASSERT_TRUE(table);
  const ProgressiveStep value = table->Find(Bits("0"));
  EXPECT_EQ(value.run(), 2U);
  EXPECT_EQ(value.code_bits(), 1U);
  EXPECT_EQ(value.total_bits(), 4U);
  EXPECT_TRUE(value.has_value());
  EXPECT_EQ(table->Find(Bits("10")).run(), 15U);
  EXPECT_FALSE(table->Find(Bits("10")).has_value());
  EXPECT_EQ(table->Find(Bits("110")).run(), 128U + 5);
  EXPECT_TRUE(table->Find(Bits("111000000000")).is_longer_code());
  EXPECT_EQ(table->FindLongCode(Bits("111000000000")).total_bits(), 12U + 7);
  EXPECT_EQ(table->FindLongCode(Bits("111111111111")).run(), std::uint32_t{kNoCode});
}

TEST(ProgressiveTable, KnowsNoCodesForWhatCannotBe) {
  const HuffmanCodes codes = Codes({1}, {0x0A});
  EXPECT_TRUE(ProgressiveTable::Create(codes, ProgressiveUse::kAc, 5)->Find(0).has_value());
  // The coefficient would not fit 16 bits.
  EXPECT_EQ(ProgressiveTable::Create(codes, ProgressiveUse::kAc, 6)->Find(0).run(),
            std::uint32_t{kNoCode});
  EXPECT_EQ(ProgressiveTable::Create(Codes({1}, {0x0C}), ProgressiveUse::kDc, 0)->Find(0).run(),
            std::uint32_t{kNoCode});
  EXPECT_FALSE(ProgressiveTable::Create(Codes({1}, {0x10}), ProgressiveUse::kDc, 0));
  EXPECT_FALSE(ProgressiveTable::Create(Codes({1, 1}, {1, 2}), ProgressiveUse::kDc, 0));
}

TEST(RefinementTable, KnowsTheSignBehindACode) {
  const auto table = RefinementTable::Create(Codes({1, 2, 3, 10}, {0x31, 0x00, 0x02, 0x11}));
  ASSERT_TRUE(table);
  const RefinementStep positive = table->Find(Bits("01"));
  EXPECT_TRUE(positive.is_common());
  EXPECT_EQ(positive.negative_run(), -4);
  EXPECT_EQ(positive.run(), 3U);
  EXPECT_EQ(positive.bits(), 2U);
  EXPECT_EQ(positive.negative_mask(), 0U);
  EXPECT_EQ(table->Find(Bits("00")).negative_mask(), ~std::uint64_t{0});
  const RefinementStep end = table->Find(Bits("10"));
  EXPECT_FALSE(end.is_common());
  EXPECT_LT(end.negative_run(), -64);
  EXPECT_EQ(end.run(), 128U);
  EXPECT_EQ(end.bits(), 2U);
  EXPECT_EQ(table->Find(Bits("110")).run(), std::uint32_t{kNoCode});  // a value beyond one bit
  const RefinementStep longer = table->Find(Bits("1110000000"));      // no room for the sign
  EXPECT_FALSE(longer.is_common());
  EXPECT_TRUE(longer.uncommon_has_value());
  EXPECT_EQ(longer.run(), 1U);
}

}  // namespace
}  // namespace thimble
