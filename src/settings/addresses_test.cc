#include "settings/addresses.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

TEST(ListenAddress, TakesBothFamilies) {
  HttpSettings http;
  ASSERT_TRUE(ParseListenAddress("0.0.0.0:80", http));
  EXPECT_EQ(http.listen_address, "0.0.0.0");
  EXPECT_EQ(http.listen_port, 80);
  ASSERT_TRUE(ParseListenAddress("[::1]:0", http));
  EXPECT_EQ(http.listen_address, "::1");
  EXPECT_EQ(http.listen_port, 0);
  EXPECT_EQ(ShowListenAddress(http), "[::1]:0");
}

TEST(ListenAddress, RefusesWhatIsNoneAndKeepsTheOldOne) {
  HttpSettings http;
  for (const char* text :
       {"", "8080", ":8080", "localhost:8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "::1:8080", "[127.0.0.1]:80", "[::1]", "127.0.0.1:80 "}) {
    EXPECT_FALSE(ParseListenAddress(text, http)) << text;
  }
  EXPECT_EQ(ShowListenAddress(http), "127.0.0.1:8080");
}

TEST(OriginUrl, MayBeAFolder) {
  OriginSettings origin;
  EXPECT_FALSE(HasOrigin(origin));
  ASSERT_TRUE(ParseOriginUrl("file:samples", origin));
  EXPECT_EQ(origin.file_root, "samples");
  ASSERT_TRUE(ParseOriginUrl("file:///srv/pictures", origin));
  EXPECT_EQ(origin.file_root, "/srv/pictures");
  EXPECT_TRUE(HasOrigin(origin));
  EXPECT_EQ(ShowOriginUrl(origin), "file:/srv/pictures");
}

TEST(OriginUrl, MayBeABucketWithAFolderInIt) {
  OriginSettings origin;
  ASSERT_TRUE(ParseOriginUrl("s3://pictures", origin));
  EXPECT_EQ(origin.kind, OriginSettings::Kind::kS3);
  EXPECT_EQ(origin.s3.bucket, "pictures");
  EXPECT_EQ(origin.s3.prefix, "");
  ASSERT_TRUE(ParseOriginUrl("s3://pictures/svc/images", origin));
  EXPECT_EQ(origin.s3.prefix, "svc/images/");
  EXPECT_EQ(ShowOriginUrl(origin), "s3://pictures/svc/images/");
}

TEST(OriginUrl, RefusesOtherSchemesAndBadBuckets) {
  OriginSettings origin;
  for (const char* text : {"", "/srv", "file:", "file://host/dir", "http://example.com",
                           "s3:bucket", "s3://", "s3://-ab", "s3://a b c", "s3:///key"}) {
    EXPECT_FALSE(ParseOriginUrl(text, origin)) << text;
  }
  EXPECT_FALSE(HasOrigin(origin));
}

}  // namespace
}  // namespace thimble
