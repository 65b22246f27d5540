#include "jpeg/step_table.h"

#include <gtest/gtest.h>

#include <string>

#include "jpeg/huffman_test_support.h"

namespace thimble {
namespace {

using Joins = StepTable::Joins;

// What a step moves on by.
constexpr std::uint32_t Move(std::uint32_t advance, std::uint32_t bits) {
  return advance << kPositionShift | bits;
}

// 00: +-1, 01: +-(2-3) behind a zero, 10: end of block, 110: 16 zeros, 1110: 10 bits,
// 1111000000000: 5 bits.
HuffmanTable SomeAcTable() {
  const HuffmanCodes codes =
      Codes({{2, 0x01}, {2, 0x12}, {2, 0x00}, {3, 0xF0}, {4, 0x0A}, {13, 0x05}});
  return *HuffmanTable::Create(codes, HuffmanUse::kAc);
}

// 0: 2 bits, 10: none.
HuffmanTable SomeDcTable() {
  return *HuffmanTable::Create(Codes({{1, 0x02}, {2, 0x00}}), HuffmanUse::kDc);
}

TEST(StepTable, TellsMoveAndValue) {
  const HuffmanTable ac = SomeAcTable();
  const StepTable table(ac, ac, Joins::kTwoValues);
  const auto expect = [&table](const std::string& text, std::uint32_t move, int value) {
    const Step step = table.Find(Bits(text));
    EXPECT_EQ(step.move(), move) << text;
    EXPECT_EQ(step.FirstValueIn(Bits(text)), value) << text;
  };
  // No code is seen behind these.
  expect("0011111", Move(1, 3), 1);
  expect("0001111", Move(1, 3), -1);
  expect("01111111", Move(2, 4), 3);
  expect("01101111", Move(2, 4), 2);
  expect("01011111", Move(2, 4), -2);
  expect("01001111", Move(2, 4), -3);
  expect("1101111", Move(16, 3), 0);
  // Behind this another block begins.
  expect("10", Move(kLoneEndAdvance, 2), 0);
  expect("1011", Move(kLoneEndAdvance, 2), 0);
  // The look-up sees 7 of the 10 bits.
  expect("11101000000001", Move(1, 14), 513);
  expect("11100000000001", Move(1, 14), 1 - 1023);
}

TEST(StepTable, LooksLongCodesUpElsewhere) {
  const HuffmanTable ac = SomeAcTable();
  const StepTable table(ac, ac, Joins::kTwoValues);
  const std::uint64_t bits = Bits("111100000000001000");
  EXPECT_FALSE(table.Find(bits).is_known());
  EXPECT_EQ(table.FindSingle(bits).move(), Move(1, 18));
  EXPECT_EQ(table.FindSingle(bits).FirstValueIn(bits), 8 - 31);
  // No code begins so.
  EXPECT_FALSE(table.Find(Bits("1111111")).is_known());
  EXPECT_EQ(table.FindSingle(Bits("1111111")).move(), Move(kInvalidAdvance, 1));
}

// The value's sign must be seen.
TEST(StepTable, KnowsCodesOfAllBitsOfALookUpOnlyWithoutAValue) {
  const HuffmanCodes codes = Codes({{10, 0x01}, {11, 0x02}, {11, 0x00}});
  const HuffmanTable ac = *HuffmanTable::Create(codes, HuffmanUse::kAc);
  const StepTable table(ac, ac, Joins::kTwoValues);
  EXPECT_TRUE(table.Find(Bits("0000000000")).is_known());
  EXPECT_FALSE(table.Find(Bits("00000000010")).is_known());
  EXPECT_TRUE(table.Find(Bits("00000000011")).is_known());
}

TEST(StepTable, LeavesStepsOfManyBitsToASlowerWay) {
  const HuffmanCodes codes = Codes({{9, 0x0A}, {10, 0x0A}});
  const HuffmanTable ac = *HuffmanTable::Create(codes, HuffmanUse::kAc);
  const StepTable table(ac, ac, Joins::kTwoValues);
  EXPECT_TRUE(table.Find(Bits("000000000")).is_known());
  const std::uint64_t bits = Bits("00000000100000000001");
  EXPECT_FALSE(table.Find(bits).is_known());
  EXPECT_EQ(table.FindSingle(bits).move(), Move(1, 20));
  EXPECT_EQ(table.FindSingle(bits).FirstValueIn(bits), 1 - 1023);
}

TEST(StepTable, JoinsASecondCoefficientAndTheEndOfABlock) {
  const HuffmanTable ac = SomeAcTable();
  const StepTable table(ac, ac, Joins::kTwoValues);
  const std::uint64_t bits = Bits(
      "0100"
      "001"
      "10"
      "11");
  const Step step = table.Find(bits);
  EXPECT_EQ(step.move(), Move(3 + kJoinedEndAdvance, 9));
  EXPECT_EQ(step.first_advance(), 2U);
  EXPECT_EQ(step.FirstValueIn(bits), -3);
  EXPECT_EQ(step.last_value(), 1);
}

TEST(StepTable, JoinsTheEndOfABlockWithTheCoefficientBeforeIt) {
  const HuffmanTable ac = SomeAcTable();
  const StepTable table(ac, ac, Joins::kTwoValues);
  const std::uint64_t bits = Bits(
      "0100"
      "10"
      "001");
  EXPECT_EQ(table.Find(bits).move(), Move(2 + kJoinedEndAdvance, 6));
  EXPECT_EQ(table.Find(bits).first_advance(), 2U);
  EXPECT_EQ(table.Find(bits).FirstValueIn(bits), -3);
}

TEST(StepTable, JoinsNoMoreThanTwoCoefficientsOfWhichItSeesAll) {
  const HuffmanTable ac = SomeAcTable();
  const StepTable table(ac, ac, Joins::kTwoValues);
  EXPECT_EQ(table
                .Find(Bits("001"
                           "001"
                           "001"))
                .move(),
            Move(2, 6));
  EXPECT_EQ(table
                .Find(Bits("001"
                           "11100000000000"))
                .move(),
            Move(1, 3));
  EXPECT_EQ(table
                .Find(Bits("11101000000001"
                           "10"))
                .move(),
            Move(1, 14));
}

TEST(StepTable, JoinsTheEndOfABlockWithItsDc) {
  const HuffmanTable dc = SomeDcTable();
  const HuffmanTable ac = SomeAcTable();
  const StepTable table(dc, ac, Joins::kTwoValues);
  const std::uint64_t two = Bits(
      "010"
      "10");
  EXPECT_EQ(table.Find(two).move(), Move(1 + kJoinedEndAdvance, 5));
  EXPECT_EQ(table.Find(two).FirstValueIn(two), 2);
  const std::uint64_t none = Bits(
      "10"
      "10");
  EXPECT_EQ(table.Find(none).move(), Move(1 + kJoinedEndAdvance, 4));
  EXPECT_EQ(table.Find(none).FirstValueIn(none), 0);
}

TEST(StepTable, JoinsAllCodesOfALookUp) {
  const HuffmanTable ac = SomeAcTable();
  const StepTable table(ac, ac, Joins::kAll);
  // +1, 0 -3, end of block: 3 + 4 + 2 bits; what follows belongs to another block.
  EXPECT_EQ(table
                .Find(Bits("001"
                           "0100"
                           "10"
                           "00"))
                .move(),
            Move(1 + 2 + kJoinedEndAdvance, 9));
  // The fourth code is whole, but the last of its value bits is out of sight: no matter.
  EXPECT_EQ(table
                .Find(Bits("001"
                           "001"
                           "001"
                           "01"))
                .move(),
            Move(5, 13));
  // The third would make it too many bits.
  EXPECT_EQ(table
                .Find(Bits("110"
                           "0100"
                           "1110"))
                .move(),
            Move(18, 7));
}

TEST(StepTable, GoesTooFarWhereNothingIsKnown) {
  const HuffmanTable ac = SomeAcTable();
  const StepTable table(ac, ac, Joins::kTwoValues);
  for (std::uint32_t position = 0; position < kBlockEnd; ++position) {
    const std::uint32_t word = position << kPositionShift;
    EXPECT_NE((word + table.Find(Bits("1111111")).move()) & kTooFar, 0U);
    EXPECT_EQ((word + table.Find(Bits("10")).move()) & kTooFar, 0U);
  }
}

TEST(StepTable, NeverJoinsPastTheEndOfABlock) {
  const HuffmanTable ac = *HuffmanTable::Create(Codes({{1, 0xF0}, {2, 0x01}}), HuffmanUse::kAc);
  // Three runs of 16; a fourth would end the block.
  EXPECT_EQ(StepTable(ac, ac, Joins::kAll).Find(0).move(), Move(48, 3));
}

}  // namespace
}  // namespace thimble
