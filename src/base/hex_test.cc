#include "base/hex.h"

#include <gtest/gtest.h>

#include <array>

namespace thimble {
namespace {

TEST(Hex, ReadsDigitsOfEitherCase) {
  EXPECT_EQ(HexDigitValue('0'), 0);
  EXPECT_EQ(HexDigitValue('9'), 9);
  EXPECT_EQ(HexDigitValue('a'), 10);
  EXPECT_EQ(HexDigitValue('F'), 15);
  for (const char c : {'g', 'G', '/', ':', '@', '`', ' ', '\0'}) {
    EXPECT_EQ(HexDigitValue(c), std::nullopt) << c;
  }
}

TEST(Hex, WritesBytesInLowerCaseAndPercentEncodingInUpperCase) {
  std::string text;
  AppendHex(std::array<std::uint8_t, 3>{0x00, 0xaf, 0x10}, text);
  EXPECT_EQ(text, "00af10");
  AppendPercentEncoded('/', text);
  AppendPercentEncoded('\xea', text);
  EXPECT_EQ(text, "00af10%2F%EA");
}

}  // namespace
}  // namespace thimble
