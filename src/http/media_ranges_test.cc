#include "http/media_ranges.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

int WeightOf(std::string_view accept, std::string_view type) {
  return MediaRanges::FromAccept(accept).value().WeightOfType(type);
}

TEST(MediaRanges, WeighATypeByTheMostSpecificRangeThatMatches) {
  EXPECT_EQ(WeightOf("application/json", "application/json"), 1000);
  EXPECT_EQ(WeightOf("Application/JSON;q=0.5, application/*;q=0.7", "application/json"), 500);
  EXPECT_EQ(WeightOf("*/*;q=0.1, application/*;q=0.7", "application/json"), 700);
  EXPECT_EQ(WeightOf("*/*;q=0.1, application/*;q=0.7", "text/plain"), 100);
  EXPECT_EQ(WeightOf("text/plain;q=0, */*", "text/plain"), 0);
  EXPECT_EQ(WeightOf("image/*", "text/plain"), 0);
  EXPECT_EQ(WeightOf("", "text/plain"), 0);
}

TEST(MediaRanges, TellARangeThatIsNamedFromOneThatMatches) {
  const auto ranges = MediaRanges::FromAccept("application/*;q=0.3");
  ASSERT_TRUE(ranges);
  EXPECT_EQ(ranges->WeightOfRange("application/*"), 300);
  EXPECT_EQ(ranges->WeightOfRange("application/json"), std::nullopt);
}

TEST(MediaRanges, OfAHeaderThatDoesNotParseAreNone) {
  for (const char* accept :
       {"json", "text/plain;q=2", "text/plain;q", "/", "text/plain text/html"}) {
    EXPECT_FALSE(MediaRanges::FromAccept(accept)) << accept;
  }
}

}  // namespace
}  // namespace thimble
