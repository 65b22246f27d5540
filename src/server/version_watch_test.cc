#include "server/version_watch.h"

#include <gtest/gtest.h>

#include <string>

namespace thimble {
namespace {

Wanted VersionOf(const std::string& key, const std::string& version) {
  ResizeRequest request;
  request.key.bytes = key;
  request.spec.width = 300;
  request.version = version;
  return Wanted(std::move(request));
}

TEST(VersionWatchTest, AUrlWithoutAVersionIsAlwaysConfirmed) {
  VersionWatch watch{std::chrono::hours(1)};
  EXPECT_TRUE(watch.Confirms(VersionOf("a.jpg", ""), "\"any\""));
}

TEST(VersionWatchTest, ConfirmsWhatTheOriginSaidOfThisVersionOfThisOriginal) {
  VersionWatch watch{std::chrono::hours(1)};
  const Wanted wanted = VersionOf("a.jpg", "v=1&");
  EXPECT_FALSE(watch.Confirms(wanted, "\"one\""));
  watch.Remember(wanted, "\"one\"");
  EXPECT_TRUE(watch.Confirms(wanted, "\"one\""));
  EXPECT_FALSE(watch.Confirms(wanted, "\"two\""));
  EXPECT_FALSE(watch.Confirms(VersionOf("a.jpg", "v=2&"), "\"one\""));
  EXPECT_FALSE(watch.Confirms(VersionOf("b.jpg", "v=1&"), "\"one\""));
  watch.Remember(wanted, "\"two\"");
  EXPECT_TRUE(watch.Confirms(wanted, "\"two\""));
}

TEST(VersionWatchTest, ForgetsTheOldestWhereThereAreVeryMany) {
  VersionWatch watch{std::chrono::hours(1)};
  constexpr int kMany = 20'000;
  for (int i = 0; i < kMany; ++i) {
    watch.Remember(VersionOf("a.jpg", "v=" + std::to_string(i) + "&"), "\"one\"");
  }
  EXPECT_FALSE(watch.Confirms(VersionOf("a.jpg", "v=0&"), "\"one\""));
  for (int i = kMany - 1000; i < kMany; ++i) {
    EXPECT_TRUE(watch.Confirms(VersionOf("a.jpg", "v=" + std::to_string(i) + "&"), "\"one\"")) << i;
  }
}

}  // namespace
}  // namespace thimble
