#include "origin/s3_endpoint.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

TEST(ResolveS3Endpoint, FindsAwsOwnEndpointFromTheRegion) {
  const auto path = ResolveS3Endpoint({.region = "eu-west-1", .bucket = "photos"});
  ASSERT_TRUE(path);
  EXPECT_EQ(path->origin, "https://s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(path->host, "s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(path->key_root, "/photos/");

  const auto host =
      ResolveS3Endpoint({.region = "cn-north-1", .bucket = "photos", .virtual_host_style = true});
  ASSERT_TRUE(host);
  EXPECT_EQ(host->origin, "https://photos.s3.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(host->key_root, "/");
}

TEST(ResolveS3Endpoint, KeepsPortAndBasePathOfACustomEndpoint) {
  const auto found = ResolveS3Endpoint(
      {.endpoint = "http://127.0.0.1:9000/store/", .region = "us-east-1", .bucket = "b"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->origin, "http://127.0.0.1:9000");
  EXPECT_EQ(found->host, "127.0.0.1:9000");
  EXPECT_EQ(found->key_root, "/store/b/");
}

TEST(ResolveS3Endpoint, TheHostHeaderHasNoPortThatGoesWithoutSaying) {
  const auto http = ResolveS3Endpoint({.endpoint = "http://h:80", .region = "r", .bucket = "b"});
  ASSERT_TRUE(http);
  EXPECT_EQ(http->host, "h");
  const auto https = ResolveS3Endpoint({.endpoint = "https://h:443", .region = "r", .bucket = "b"});
  ASSERT_TRUE(https);
  EXPECT_EQ(https->host, "h");
  const auto other = ResolveS3Endpoint({.endpoint = "https://h:80", .region = "r", .bucket = "b"});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->host, "h:80");
}

TEST(ResolveS3Endpoint, KnowsIpv6Endpoints) {
  const auto found =
      ResolveS3Endpoint({.endpoint = "http://[::1]:9000", .region = "r", .bucket = "b"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->origin, "http://[::1]:9000");
}

TEST(ResolveS3Endpoint, RefusesEndpointsThatAreNone) {
  for (const char* endpoint :
       {"not a url", "localhost", "ftp://h", "file:///etc", "http://", "http://user:pass@h",
        "http://h/?q", "http://h/#f", "http://h/../x", "http://h/a%20b", "http://h/a+b",
        "http://h:99999", "http://h\r\nX: y"}) {
    const auto found = ResolveS3Endpoint({.endpoint = endpoint, .region = "r", .bucket = "b"});
    ASSERT_FALSE(found) << endpoint;
    EXPECT_EQ(found.error().code, ErrorCode::kBadSetting);
  }
}

TEST(ResolveS3Endpoint, PutsNoBucketBeforeAnAddress) {
  for (const char* endpoint : {"http://127.0.0.1:9000", "http://[::1]:9000"}) {
    EXPECT_FALSE(ResolveS3Endpoint(
        {.endpoint = endpoint, .region = "r", .bucket = "b", .virtual_host_style = true}));
  }
}

TEST(ResolveS3Endpoint, RefusesBucketsAndRegionsThatAreNoNames) {
  for (const char* bucket : {"", ".", "..", "a/b", "a?b", "a b", "-a", "a%2f", "a@h"}) {
    EXPECT_FALSE(ResolveS3Endpoint({.region = "r", .bucket = bucket})) << bucket;
  }
  for (const char* region : {"", "us east", "us/east", "evil.example"}) {
    EXPECT_FALSE(ResolveS3Endpoint({.region = region, .bucket = "b"})) << region;
  }
}

TEST(ResolveS3Endpoint, AcceptsOlderBucketNames) {
  EXPECT_TRUE(ResolveS3Endpoint({.region = "r", .bucket = "Old_Bucket.Name"}));
}

TEST(CheckS3Endpoint, TakesASchemeAHostAndPerhapsAPath) {
  for (const char* text : {"http://127.0.0.1:9000", "https://s3.example.com", "http://[::1]:80/",
                           "https://x.example/storage/v1/s3", "https://x.example/storage/v1/s3/"}) {
    EXPECT_TRUE(CheckS3Endpoint(text)) << text;
  }
}

TEST(CheckS3Endpoint, RefusesWhatIsNone) {
  for (const char* text :
       {"", "s3.example.com", "ftp://host", "http://", "http://user@host", "http://host?x",
        "http://host#x", "http://a b", "http://host/a/../b", "http://host/a b"}) {
    const Status valid = CheckS3Endpoint(text);
    ASSERT_FALSE(valid) << text;
    EXPECT_EQ(valid.error().code, ErrorCode::kBadSetting) << text;
  }
}

}  // namespace
}  // namespace thimble
