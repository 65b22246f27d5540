#include "base/near_match.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

const std::vector<std::string> kNames = {"http.listen", "http.keep_alive", "cache.memory"};

TEST(NearestName, FindsATypo) {
  EXPECT_EQ(NearestName("http.keep_alve", kNames), "http.keep_alive");
  EXPECT_EQ(NearestName("http.keepalive", kNames), "http.keep_alive");
  EXPECT_EQ(NearestName("cahce.memory", kNames), "cache.memory");
  EXPECT_EQ(NearestName("wepb", {"jpeg", "webp"}), "webp");
  EXPECT_EQ(NearestName("chache.memory", kNames), "cache.memory");
}

TEST(NearestName, SuggestsNothingFarFetched) {
  EXPECT_EQ(NearestName("database.url", kNames), std::nullopt);
  EXPECT_EQ(NearestName("", kNames), std::nullopt);
}

}  // namespace
}  // namespace thimble
