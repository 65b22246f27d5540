#include "server/recent_targets.h"

#include <gtest/gtest.h>

#include <string>

namespace thimble {
namespace {

std::string Target(int number) {
  return "/resize/" + std::to_string(number) + ".jpg?size=" + std::to_string(number + 1);
}

TEST(RecentTargetsTest, ATargetThatComesAgainIsNotReadAgain) {
  RecentTargets recent(UrlPolicy{});
  const auto first = recent.Read("/resize/a.jpg?size=300", "");
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)->key.bytes, "a.jpg");
  EXPECT_EQ((*first)->spec.width, 300);
  EXPECT_EQ((*first)->variant, CanonicalText((*first)->spec));
  EXPECT_EQ(*recent.Read("/resize/a.jpg?size=300", ""), *first);
  EXPECT_NE(*recent.Read("/resize/a.jpg?size=301", ""), *first);
}

TEST(RecentTargetsTest, WhatIsWantedIsWhatAFreshReadingSaysHoweverManyShareAPlace) {
  RecentTargets recent(UrlPolicy{});
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 2000; ++i) {  // more than there are places
      const auto wanted = recent.Read(Target(i), "");
      ASSERT_TRUE(wanted);
      ASSERT_EQ((*wanted)->key.bytes, std::to_string(i) + ".jpg");
      ASSERT_EQ((*wanted)->spec.width, i + 1);
    }
  }
}

TEST(RecentTargetsTest, TheSameTargetWithAnotherAcceptIsAnother) {
  RecentTargets recent(UrlPolicy{});
  const std::string target = "/resize/a.jpg?auto=format";
  for (int round = 0; round < 2; ++round) {
    const auto webp = recent.Read(target, "image/webp");
    const auto any = recent.Read(target, "*/*");
    ASSERT_TRUE(webp && any);
    EXPECT_EQ((*webp)->spec.format, ImageFormat::kWebp);
    EXPECT_NE((*any)->spec.format, ImageFormat::kWebp);
    EXPECT_TRUE((*webp)->varies_by_accept);
    EXPECT_NE((*webp)->cache_key, (*any)->cache_key);
  }
}

TEST(RecentTargetsTest, TargetAndAcceptDoNotRunIntoEachOther) {
  RecentTargets recent(UrlPolicy{});
  for (int round = 0; round < 2; ++round) {
    const auto a = recent.Read("/resize/a.jpg?auto=format", "image/webp");
    const auto b = recent.Read("/resize/a.jpg?auto=formatimage/webp", "");
    EXPECT_TRUE(a);
    EXPECT_FALSE(b);
  }
}

TEST(RecentTargetsTest, ARefusalIsGivenEachTime) {
  RecentTargets recent(UrlPolicy{});
  for (int round = 0; round < 2; ++round) {
    const auto refused = recent.Read("/resize/a.jpg?size=0", "");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kBadParameter);
  }
}

TEST(RecentTargetsTest, ALongTargetIsReadButNotKept) {
  RecentTargets recent(UrlPolicy{});
  const std::string target = "/resize/" + std::string(1000, 'a') + ".jpg";
  const auto first = recent.Read(target, "");
  const auto second = recent.Read(target, "");
  ASSERT_TRUE(first && second);
  EXPECT_EQ((*first)->key.bytes, (*second)->key.bytes);
  EXPECT_NE(*first, *second);
  EXPECT_EQ(first->use_count(), 1);
}

}  // namespace
}  // namespace thimble
