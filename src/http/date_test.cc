#include "http/date.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr sys_seconds kExample{seconds(784'111'777)};  // of RFC 9110

TEST(HttpDateTest, WritesThePreferredForm) {
  EXPECT_EQ(FormatHttpDate(kExample), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(FormatHttpDate(sys_seconds{}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(FormatHttpDate(sys_seconds{seconds(1'709'164'800)}), "Thu, 29 Feb 2024 00:00:00 GMT");
}

TEST(HttpDateTest, ReadsAllThreeForms) {
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), kExample);
  EXPECT_EQ(ParseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"), kExample);
  EXPECT_EQ(ParseHttpDate("Sun Nov  6 08:49:37 1994"), kExample);
}

TEST(HttpDateTest, ReadsWhatItWrites) {
  for (std::int64_t moment = 0; moment < 4'000'000'000; moment += 7'654'321) {
    const sys_seconds when{seconds(moment)};
    EXPECT_EQ(ParseHttpDate(FormatHttpDate(when)), when);
  }
}

TEST(HttpDateTest, RefusesWhatIsNoDate) {
  for (const std::string_view text :
       {"", "yesterday", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 2024 00:00:00 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 0x Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", ",", "Sun,",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 06 08:49:37 94"}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace thimble
