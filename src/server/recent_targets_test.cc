#include "server/recent_targets.h"

#include <gtest/gtest.h>

#include <string>

#include "spec/canonical_text.h"

namespace thimble {
namespace {

std::string Target(int number) {
  return "/resize/" + std::to_string(number) + ".jpg?size=" + std::to_string(number + 1);
}

TEST(RecentTargetsTest, ATargetThatComesAgainIsNotReadAgain) {
  RecentTargets recent(UrlPolicy{});
  const auto first = recent.Read("/resize/a.jpg?size=300", "");
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)->request.source.key.bytes, "a.jpg");
  EXPECT_EQ((*first)->request.spec.width, 300);
  EXPECT_EQ((*first)->request.text, CanonicalText((*first)->request.spec));
  EXPECT_EQ(*recent.Read("/resize/a.jpg?size=300", ""), *first);
  EXPECT_NE(*recent.Read("/resize/a.jpg?size=301", ""), *first);
}

TEST(RecentTargetsTest, ATargetIsWhatAFreshReadingSaysHoweverManyShareAPlace) {
  RecentTargets recent(UrlPolicy{});
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 2000; ++i) {  // more than there are places
      const auto read = recent.Read(Target(i), "");
      ASSERT_TRUE(read);
      ASSERT_EQ((*read)->request.source.key.bytes, std::to_string(i) + ".jpg");
      ASSERT_EQ((*read)->request.spec.width, i + 1);
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
    EXPECT_EQ((*webp)->request.spec.auto_format, AcceptClass::kWebp);
    EXPECT_EQ((*any)->request.spec.auto_format, AcceptClass::kNone);
    EXPECT_TRUE((*webp)->varies_by_accept);
    EXPECT_NE((*webp)->request.name, (*any)->request.name);
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
  EXPECT_EQ((*first)->request.source.key.bytes, (*second)->request.source.key.bytes);
  EXPECT_NE(*first, *second);
  EXPECT_EQ(first->use_count(), 1);
}

}  // namespace
}  // namespace thimble
