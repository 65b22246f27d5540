#include "jpeg/finder_table.h"

#include <gtest/gtest.h>

#include "jpeg/huffman_test_support.h"

namespace thimble {
namespace {

constexpr FinderStep Move(std::uint32_t advance, std::uint32_t bits) {
  return advance << kPositionShift | bits;
}

// 0: 2 bits, 10: none.
HuffmanTable SomeDcTable() {
  return *HuffmanTable::Create(Codes({{1, 0x02}, {2, 0x00}}), HuffmanUse::kDc);
}

// 00: +-1, 01: +-(2-3) behind a zero, 10: end of block, 1110: 10 bits, 1111000000000: 5 bits.
HuffmanTable SomeAcTable() {
  const HuffmanCodes codes =
      Codes({{2, 0x01}, {2, 0x12}, {2, 0x00}, {3, 0xF0}, {4, 0x0A}, {13, 0x05}});
  return *HuffmanTable::Create(codes, HuffmanUse::kAc);
}

TEST(FinderTable, JoinsTheCodesOfALookUp) {
  const HuffmanTable dc = SomeDcTable();
  const HuffmanTable ac = SomeAcTable();
  const FinderTable table(dc, ac);
  EXPECT_EQ(table.Find(Bits("011"
                            "0100"
                            "001")),
            Move(1 + 2 + 1, 10));
  EXPECT_EQ(table.Find(Bits("011"
                            "0100"
                            "10")),
            Move(1 + 2 + kJoinedEndAdvance, 9));
}

TEST(FinderTable, GoesTooFarWhereNothingIsKnown) {
  const HuffmanTable ac = SomeAcTable();
  const FinderTable table(ac, ac);
  const std::uint64_t long_code = Bits("111100000000001000");
  const std::uint64_t no_code = Bits("1111111");
  EXPECT_EQ(table.Find(long_code), kTooFar);
  EXPECT_EQ(table.FindSingle(long_code), Move(1, 18));
  EXPECT_EQ(table.Find(no_code), kTooFar);
  EXPECT_EQ(table.FindSingle(no_code), Move(kInvalidAdvance, 1));
}

}  // namespace
}  // namespace thimble
