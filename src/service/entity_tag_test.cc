#include "service/entity_tag.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

TEST(EntityTagTest, IsAStrongTagOfFixedLength) {
  const std::string tag = EntityTagFor("\"abc\"", "w300", "f");
  ASSERT_EQ(tag.size(), 34u);
  EXPECT_EQ(tag.front(), '"');
  EXPECT_EQ(tag.back(), '"');
  EXPECT_EQ(tag.substr(1, 32).find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(EntityTagTest, IsTheSameForTheSameThingOnly) {
  const std::string tag = EntityTagFor("\"abc\"", "w300", "f");
  EXPECT_EQ(EntityTagFor("\"abc\"", "w300", "f"), tag);
  EXPECT_NE(EntityTagFor("\"abd\"", "w300", "f"), tag);
  EXPECT_NE(EntityTagFor("\"abc\"", "w301", "f"), tag);
  EXPECT_NE(EntityTagFor("\"abc\"", "w300", "g"), tag);
}

// Kept results have their tags for as long as they are kept: how one is made must not change.
TEST(EntityTagTest, StaysWhatItIs) {
  EXPECT_EQ(EntityTagFor("\"abc\"", "w300_q80", "engine 5 jpeg 2.1.5"),
            "\"b2b9845c6c7395c6d1ef46bede9be0e1\"");
}

TEST(EntityTagTest, AFingerprintNamesWhatMakesTheBytes) {
  PictureLimits limits;
  limits.max_icc_bytes = 7;
  const std::string fingerprint = FingerprintOf("webp 1.2.4", limits);
  EXPECT_TRUE(fingerprint.starts_with("engine "));
  EXPECT_NE(fingerprint.find(" webp 1.2.4 max_icc_bytes 7"), std::string::npos);
}

TEST(EntityTagTest, FieldsDoNotRunTogether) {
  EXPECT_NE(EntityTagFor("ab", "c", "f"), EntityTagFor("a", "bc", "f"));
  EXPECT_NE(EntityTagFor("a", "b", "cf"), EntityTagFor("a", "bc", "f"));
  EXPECT_NE(EntityTagFor("a1:", "", "f"), EntityTagFor("a", "1:", "f"));
}

}  // namespace
}  // namespace thimble
