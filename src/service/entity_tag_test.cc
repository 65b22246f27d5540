#include "service/entity_tag.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

TEST(EntityTagTest, IsAStrongTagOfFixedLength) {
  const std::string tag = EntityTagFor("\"abc\"", "w300");
  ASSERT_EQ(tag.size(), 34u);
  EXPECT_EQ(tag.front(), '"');
  EXPECT_EQ(tag.back(), '"');
  EXPECT_EQ(tag.substr(1, 32).find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(EntityTagTest, IsTheSameForTheSameThingOnly) {
  const std::string tag = EntityTagFor("\"abc\"", "w300");
  EXPECT_EQ(EntityTagFor("\"abc\"", "w300"), tag);
  EXPECT_NE(EntityTagFor("\"abd\"", "w300"), tag);
  EXPECT_NE(EntityTagFor("\"abc\"", "w301"), tag);
}

TEST(EntityTagTest, FieldsDoNotRunTogether) {
  EXPECT_NE(EntityTagFor("ab", "c"), EntityTagFor("a", "bc"));
  EXPECT_NE(EntityTagFor("a1:", ""), EntityTagFor("a", "1:"));
}

}  // namespace
}  // namespace thimble
