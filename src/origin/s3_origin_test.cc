// S3 origins against a real S3 server. Started by test/origin/run_with_origins.py.
#include "origin/s3_origin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "origin/origin_contract_test_support.h"
#include "origin/s3_store_test_support.h"

namespace thimble {
namespace {

using testing::HasSubstr;
using testing::Not;

// Waits are long: the store under test is slow on a busy machine.
S3Options OptionsFor(const TestS3Server& server) {
  return {.location = {.endpoint = server.endpoint, .region = "us-east-1", .bucket = server.bucket},
          .limits = {.max_bytes = kContractMaxBytes,
                     .connect_timeout = std::chrono::seconds(10),
                     .first_byte_timeout = std::chrono::seconds(20)}};
}

std::unique_ptr<StoreUnderTest> MakePathStyleStore(boost::asio::any_io_executor executor) {
  const TestS3Server server = TestS3ServerFromEnvironment().value();
  return MakeS3Store(executor, server, OptionsFor(server));
}

std::unique_ptr<StoreUnderTest> MakePrefixedStore(boost::asio::any_io_executor executor) {
  const TestS3Server server = TestS3ServerFromEnvironment().value();
  S3Options options = OptionsFor(server);
  options.prefix = "under a/prefix+/";
  return MakeS3Store(executor, server, std::move(options));
}

// Names under .localhost are loopback by RFC 6761, and libcurl resolves them itself.
std::unique_ptr<StoreUnderTest> MakeVirtualHostStyleStore(boost::asio::any_io_executor executor) {
  const TestS3Server server = TestS3ServerFromEnvironment().value();
  S3Options options = OptionsFor(server);
  options.location.endpoint =
      "http://localhost" + server.endpoint.substr(server.endpoint.rfind(':'));
  options.location.virtual_host_style = true;
  return MakeS3Store(executor, server, std::move(options));
}

INSTANTIATE_TEST_SUITE_P(S3PathStyle, OriginContract, testing::Values(&MakePathStyleStore));
INSTANTIATE_TEST_SUITE_P(S3WithPrefix, OriginContract, testing::Values(&MakePrefixedStore));
INSTANTIATE_TEST_SUITE_P(S3VirtualHost, OriginContract,
                         testing::Values(&MakeVirtualHostStyleStore));

class S3OriginTest : public testing::Test {
 protected:
  Expected<Original> FetchWith(S3Options options, Credentials credentials, const std::string& key) {
    auto origin = MakeS3Origin(context_.get_executor(), std::move(options),
                               MakeStaticCredentials(std::move(credentials)));
    if (!origin) return Forward(origin);
    return RunToEnd(context_,
                    (*origin)->Fetch(SourceKey{key}, Deadline::After(std::chrono::seconds(30))));
  }

  boost::asio::io_context context_;
  TestS3Server server_ = TestS3ServerFromEnvironment().value();
};

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

TEST_F(S3OriginTest, ReadsWhatAnotherClientStoredUnderOddKeys) {
  std::ifstream uploads(server_.uploads_file);
  int keys = 0;
  for (std::string line; std::getline(uploads, line); ++keys) {
    const std::string key = FromHex(line);
    const auto fetched = FetchWith(OptionsFor(server_), server_.credentials, key);
    ASSERT_TRUE(fetched) << key << ": " << fetched.error().detail;
    EXPECT_EQ(TextOfSealed(*fetched->bytes), "uploaded as " + key);
  }
  EXPECT_GT(keys, 10);
}

TEST_F(S3OriginTest, AWrongSecretIsOurFaultAndTheDetailSaysWhy) {
  Credentials wrong = server_.credentials;
  wrong.secret_access_key = "SECRETCANARY";
  const auto fetched = FetchWith(OptionsFor(server_), wrong, "a.jpg");
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginRefused);
  EXPECT_THAT(fetched.error().detail, HasSubstr("SignatureDoesNotMatch"));
  EXPECT_THAT(fetched.error().detail, Not(HasSubstr("SECRETCANARY")));
}

TEST_F(S3OriginTest, AnUnknownAccessKeyIsOurFault) {
  const auto fetched =
      FetchWith(OptionsFor(server_),
                {.access_key_id = "test:nobody", .secret_access_key = "secret"}, "a.jpg");
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginRefused);
}

TEST_F(S3OriginTest, TheBucketsRegionIsLearntFromTheStore) {
  if (!server_.checks_region) GTEST_SKIP() << "this store takes any region";
  S3Options options = OptionsFor(server_);
  options.location.region = "eu-west-1";
  const auto fetched = FetchWith(std::move(options), server_.credentials, "uploaded/plain.jpg");
  ASSERT_TRUE(fetched) << fetched.error().detail;
}

TEST_F(S3OriginTest, ABucketThatIsNotThereIsOurFaultAndTheDetailSaysSo) {
  S3Options options = OptionsFor(server_);
  options.location.bucket = "absent";
  const auto fetched = FetchWith(std::move(options), server_.credentials, "a.jpg");
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginRefused);
  EXPECT_THAT(fetched.error().detail, HasSubstr("NoSuchBucket"));
}

TEST_F(S3OriginTest, PrefixesThatLeaveTheBucketAreBadSettings) {
  for (const char* prefix : {"/x", "../x", "a/../", ".", "a/./b"}) {
    S3Options options = OptionsFor(server_);
    options.prefix = prefix;
    const auto fetched = FetchWith(std::move(options), server_.credentials, "a.jpg");
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::kBadSetting) << prefix;
  }
}

}  // namespace
}  // namespace thimble
