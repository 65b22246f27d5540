#include "jpeg/huffman_table.h"

#include <gtest/gtest.h>

#include "jpeg/huffman_test_support.h"

namespace thimble {
namespace {

// 00: +-1, 01: +-(2-3) behind a zero, 10: end of block, 110: 16 zeros, 111..110 (13): 5 bits.
HuffmanCodes SomeAcCodes() {
  return Codes({{2, 0x01}, {2, 0x12}, {2, 0x00}, {3, 0xF0}, {13, 0x05}});
}

TEST(HuffmanTable, FindsCodes) {
  const auto table = HuffmanTable::Create(SomeAcCodes(), HuffmanUse::kAc);
  ASSERT_TRUE(table);
  const auto expect = [&table](const std::string& text, int length, int symbol) {
    EXPECT_EQ(table->Find(Bits(text)).length, length) << text;
    EXPECT_EQ(table->Find(Bits(text)).symbol, symbol) << text;
  };
  expect("001", 2, 0x01);
  expect("0111", 2, 0x12);
  expect("10", 2, 0x00);
  expect("110", 3, 0xF0);
  expect("1110000000000", 13, 0x05);
  expect("1111", 0, 0);  // none
}

TEST(HuffmanTable, LooksLongCodesUpElsewhere) {
  const auto table = HuffmanTable::Create(SomeAcCodes(), HuffmanUse::kAc);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->FindShort(Bits("110")).length, 3);
  EXPECT_EQ(table->FindShort(Bits("1110000000000")).length, 0);
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
