#include "url/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thimble {
namespace {

using ::testing::ElementsAre;

TEST(Utf8, AcceptsEveryLengthAtItsBorders) {
  for (const char* text : {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
                           "\xec\x95\x84\xec\x9d\xb4\xec\x9c\xa0"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndWhatIsCutShort) {
  for (const char* text : {"\x80",
                           "\xbf",
                           "\xc0\xaf",
                           "\xc1\xbf",
                           "\xe0\x80\xaf",
                           "\xe0\x9f\xbf",
                           "\xed\xa0\x80",
                           "\xed\xbf\xbf",
                           "\xf0\x80\x80\xaf",
                           "\xf0\x8f\xbf\xbf",
                           "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80",
                           "\xff",
                           "\xfe",
                           "\xc2",
                           "\xc2z",
                           "\xe1\x80",
                           "\xe1\x80z",
                           "\xf1\x80\x80",
                           "\xf1\x80\x80z",
                           "a\xc2"}) {
    EXPECT_FALSE(IsUtf8(text)) << text;
  }
}

TEST(SplitTarget, EndsThePathAtTheFirstQuestionMark) {
  EXPECT_EQ(SplitTarget("/a?b=1?c").path, "/a");
  EXPECT_EQ(SplitTarget("/a?b=1?c").query, "b=1?c");
  EXPECT_EQ(SplitTarget("/a").path, "/a");
  EXPECT_EQ(SplitTarget("/a").query, "");
}

TEST(DecodedSegments, AreDecodedOnceAfterSplitting) {
  EXPECT_THAT(*DecodedSegments("/a%20b/c%252Fd/e%2Ff/+"), ElementsAre("a b", "c%2Fd", "e/f", "+"));
}

TEST(DecodedSegments, MayBeEmpty) {
  EXPECT_THAT(*DecodedSegments("/"), ElementsAre(""));
  EXPECT_THAT(*DecodedSegments("//a//b/"), ElementsAre("", "a", "", "b", ""));
}

TEST(QueryPairs, KeepTheirOrderAndTheirValuesAsReceived) {
  const auto pairs = QueryPairs("%77=3%30&h=1+1&fm==&&fit&");
  ASSERT_TRUE(pairs);
  ASSERT_EQ(pairs->size(), 4U);
  EXPECT_EQ((*pairs)[0].name, "w");
  EXPECT_EQ((*pairs)[0].raw_value, "3%30");
  EXPECT_EQ((*pairs)[1].raw_value, "1+1");
  EXPECT_EQ((*pairs)[2].raw_value, "=");
  EXPECT_EQ((*pairs)[3].name, "fit");
  EXPECT_EQ((*pairs)[3].raw_value, "");
}

TEST(QueryPairs, OfNothingAreNone) {
  EXPECT_TRUE(QueryPairs("")->empty());
  EXPECT_TRUE(QueryPairs("&&")->empty());
}

TEST(PercentDecoded, TakesEachEscapeOnceAndOnlyWholeOnes) {
  EXPECT_EQ(PercentDecoded("3%30+%2525"), "30+%25");
  for (const char* broken : {"%", "%3", "%zz", "1%", "%0x"}) {
    EXPECT_EQ(PercentDecoded(broken), std::nullopt) << broken;
  }
}

TEST(QueryPairs, RefuseWhatHasNoName) {
  for (const char* query :
       {"=1", "=", "w=1&=", "%w=1", "%=1", "w=1 ", "w=\x01", "w=\x7f", "w =1"}) {
    const auto pairs = QueryPairs(query);
    ASSERT_FALSE(pairs) << query;
    EXPECT_EQ(pairs.error().code, ErrorCode::kBadParameter) << query;
  }
}

}  // namespace
}  // namespace thimble
