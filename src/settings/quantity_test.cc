#include "settings/quantity.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

using std::chrono::milliseconds;

TEST(ByteSize, ReadsBothKindsOfUnits) {
  EXPECT_EQ(ParseByteSize("0").value(), 0);
  EXPECT_EQ(ParseByteSize("512").value(), 512);
  EXPECT_EQ(ParseByteSize("512B").value(), 512);
  EXPECT_EQ(ParseByteSize("256MiB").value(), 256LL << 20);
  EXPECT_EQ(ParseByteSize("25MB").value(), 25'000'000);
  EXPECT_EQ(ParseByteSize("1kb").value(), 1'000);
  EXPECT_EQ(ParseByteSize("2GiB").value(), 2LL << 30);
}

TEST(ByteSize, RefusesWhatIsNoSize) {
  for (const char* text : {"", "MiB", "-1", "-0", "1.5MiB", "1 MiB", "1M", "1MiBs", "0x10", "+1"}) {
    EXPECT_FALSE(ParseByteSize(text)) << text;
  }
}

TEST(ByteSize, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(ParseByteSize("9223372036854775807KiB"));
  EXPECT_FALSE(ParseByteSize("9223372036854775808"));
  EXPECT_TRUE(ParseByteSize("9223372036854775807"));
}

TEST(ByteSize, IsWrittenInTheLargestWholeUnit) {
  EXPECT_EQ(FormatByteSize(0), "0");
  EXPECT_EQ(FormatByteSize(16 * 1024), "16KiB");
  EXPECT_EQ(FormatByteSize(25'000'000), "25MB");
  EXPECT_EQ(FormatByteSize(1025), "1025B");
}

TEST(Duration, ReadsEveryUnit) {
  EXPECT_EQ(ParseDuration("500ms").value(), milliseconds(500));
  EXPECT_EQ(ParseDuration("75s").value(), milliseconds(75'000));
  EXPECT_EQ(ParseDuration("2m").value(), milliseconds(120'000));
  EXPECT_EQ(ParseDuration("1h").value(), milliseconds(3'600'000));
  EXPECT_EQ(ParseDuration("365d").value(), milliseconds(31'536'000'000));
  EXPECT_EQ(ParseDuration("0").value(), milliseconds(0));
}

TEST(Duration, NeedsItsUnit) {
  for (const char* text : {"75", "", "s", "-5s", "1.5s", "5 s", "5sec", "1h30m"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

TEST(Duration, IsWrittenInTheLargestWholeUnit) {
  EXPECT_EQ(FormatDuration(milliseconds(75'000)), "75s");
  EXPECT_EQ(FormatDuration(milliseconds(60'000)), "1m");
  EXPECT_EQ(FormatDuration(milliseconds(1'500)), "1500ms");
  EXPECT_EQ(FormatDuration(milliseconds(0)), "0");
}

TEST(Integer, MustBeTheWholeText) {
  EXPECT_EQ(ParseInteger("-12").value(), -12);
  for (const char* text : {"", "1x", "x", "1.0", " 1", "99999999999999999999"}) {
    EXPECT_FALSE(ParseInteger(text)) << text;
  }
}

}  // namespace
}  // namespace thimble
