#include "base/ascii.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

TEST(Ascii, ChangesOnlyItsOwnLetters) {
  EXPECT_EQ(LowerAscii("Content-TYPE \xc3\x84"), "content-type \xc3\x84");
  EXPECT_EQ(UpperAscii("http.max_uri \xc3\xa4"), "HTTP.MAX_URI \xc3\xa4");
}

TEST(Ascii, ComparesWithoutRegardToCase) {
  EXPECT_TRUE(EqualsIgnoringCase("ETag", "etag"));
  EXPECT_TRUE(EqualsIgnoringCase("", ""));
  EXPECT_FALSE(EqualsIgnoringCase("etag", "etags"));
  EXPECT_FALSE(EqualsIgnoringCase("[", "{"));  // a letter's bit apart, and no letters
}

TEST(Ascii, TrimsBothEnds) {
  EXPECT_EQ(Trimmed(" \t a b\t "), "a b");
  EXPECT_EQ(Trimmed(" \t "), "");
  EXPECT_EQ(Trimmed(""), "");
  EXPECT_EQ(Trimmed(" a\r"), "a\r");
  EXPECT_EQ(Trimmed(" a\r", " \r"), "a");
}

}  // namespace
}  // namespace thimble
