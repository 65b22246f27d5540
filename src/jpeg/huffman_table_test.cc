#include "jpeg/huffman_table.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace thimble {
namespace {

HuffmanCodes Codes(const std::vector<std::pair<int, std::uint8_t>>& length_and_symbol) {
  HuffmanCodes codes;
  std::size_t count = 0;
  for (const auto& [length, symbol] : length_and_symbol) {
    ++codes.codes_of_length[static_cast<std::size_t>(length)];
    codes.symbols[count++] = symbol;
  }
  return codes;
}

std::uint64_t Bits(const std::string& text) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '1') bits |= std::uint64_t{1} << (63 - i);
  }
  return bits;
}

// 00: +-1, 01: +-(2-3) behind a zero, 10: end of block, 110: 16 zeros, 111..110 (13): 5 bits.
HuffmanCodes SomeAcCodes() {
  return Codes({{2, 0x01}, {2, 0x12}, {2, 0x00}, {3, 0xF0}, {13, 0x05}});
}

TEST(HuffmanTable, TellsLengthValueBitsAndAdvance) {
  const auto table = HuffmanTable::Create(SomeAcCodes(), HuffmanUse::kAc);
  ASSERT_TRUE(table);
  const HuffmanStep& one = table->Find(Bits("001"));
  EXPECT_EQ(one.code_bits(), 2U);
  EXPECT_EQ(one.value_shift(), 62U);
  EXPECT_EQ(one.advance(), 1U);
  EXPECT_EQ(one.total_bits(), 3U);
  const HuffmanStep& two = table->Find(Bits("0111"));
  EXPECT_EQ(two.advance(), 2U);
  EXPECT_EQ(two.total_bits(), 4U);
  EXPECT_EQ(table->Find(Bits("10")).advance(), kEndOfBlockAdvance);
  EXPECT_EQ(table->Find(Bits("110")).advance(), 16U);
}

TEST(HuffmanTable, LooksLongCodesUpElsewhere) {
  const auto table = HuffmanTable::Create(SomeAcCodes(), HuffmanUse::kAc);
  ASSERT_TRUE(table);
  EXPECT_TRUE(table->Find(Bits("1110000000000")).is_longer_code());
  EXPECT_EQ(table->FindLongCode(Bits("1110000000000")).total_bits(), 18U);
  // No code begins so.
  EXPECT_EQ(table->FindLongCode(Bits("1111")).advance(), kInvalidAdvance);
}

TEST(HuffmanTable, CountsRunsOnlyInAcCodes) {
  const auto table = HuffmanTable::Create(Codes({{1, 0x00}, {2, 0x03}}), HuffmanUse::kDc);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->Find(Bits("0")).advance(), 1U);
  EXPECT_EQ(table->Find(Bits("10")).total_bits(), 5U);
}

TEST(HuffmanTable, JoinsCodesThatAreSkipped) {
  const auto table = HuffmanTable::Create(SomeAcCodes(), HuffmanUse::kAcSkipped);
  ASSERT_TRUE(table);
  // +1, 0 -3, end of block: 3 + 4 + 2 bits; what follows belongs to another block.
  const HuffmanStep& joined =
      table->Find(Bits("001"
                       "0100"
                       "10"
                       "00"));
  EXPECT_EQ(joined.total_bits(), 9U);
  EXPECT_EQ(joined.advance(), 1 + 2 + kEndOfBlockAdvance);
  // The fourth code is whole, but the last of its value bits is out of sight: no matter.
  const HuffmanStep& cut =
      table->Find(Bits("001"
                       "001"
                       "001"
                       "01"));
  EXPECT_EQ(cut.total_bits(), 13U);
  EXPECT_EQ(cut.advance(), 5U);
}

TEST(HuffmanTable, NeverJoinsPastTheEndOfABlock) {
  const auto table = HuffmanTable::Create(Codes({{1, 0xF0}, {2, 0x01}}), HuffmanUse::kAcSkipped);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->Find(0).advance(), 48U);  // three runs of 16; a fourth would end the block
}

TEST(HuffmanTable, RefusesWhatIsNoPrefixCodeOrNotForEightBits) {
  EXPECT_FALSE(HuffmanTable::Create(Codes({{1, 1}, {1, 2}}), HuffmanUse::kAc));  // all ones
  EXPECT_FALSE(HuffmanTable::Create(Codes({{1, 1}, {1, 2}, {1, 3}}), HuffmanUse::kAc));
  EXPECT_FALSE(HuffmanTable::Create(Codes({{2, 0x0B}}), HuffmanUse::kAc));
  EXPECT_TRUE(HuffmanTable::Create(Codes({{2, 0x0B}}), HuffmanUse::kDc));
  EXPECT_FALSE(HuffmanTable::Create(Codes({{2, 0x0C}}), HuffmanUse::kDc));
}

}  // namespace
}  // namespace thimble
