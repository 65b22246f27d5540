#include "service/version_watch.h"

#include <gtest/gtest.h>

#include <string>

namespace thimble {
namespace {

PictureRequest VersionOf(const std::string& key, const std::string& version) {
  TransformSpec spec;
  spec.width = 300;
  return PictureRequest({.key = {key}}, spec, version);
}

TEST(VersionWatchTest, AUrlWithoutAVersionIsAlwaysConfirmed) {
  VersionWatch watch{std::chrono::hours(1)};
  EXPECT_TRUE(watch.Confirms(VersionOf("a.jpg", ""), "\"any\""));
}

TEST(VersionWatchTest, ConfirmsWhatTheOriginSaidOfThisVersionOfThisOriginal) {
  VersionWatch watch{std::chrono::hours(1)};
  const PictureRequest request = VersionOf("a.jpg", "v=1&");
  EXPECT_FALSE(watch.Confirms(request, "\"one\""));
  watch.Remember(request, "\"one\"");
  EXPECT_TRUE(watch.Confirms(request, "\"one\""));
  EXPECT_FALSE(watch.Confirms(request, "\"two\""));
  EXPECT_FALSE(watch.Confirms(VersionOf("a.jpg", "v=2&"), "\"one\""));
  EXPECT_FALSE(watch.Confirms(VersionOf("b.jpg", "v=1&"), "\"one\""));
  watch.Remember(request, "\"two\"");
  EXPECT_TRUE(watch.Confirms(request, "\"two\""));
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
