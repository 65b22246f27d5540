#include "origin/sigv4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thimble {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Pair;

std::chrono::sys_seconds Utc(int year, unsigned month, unsigned day, int hour, int minute) {
  const std::chrono::sys_days date(std::chrono::year(year) / static_cast<int>(month) /
                                   static_cast<int>(day));
  return date + std::chrono::hours(hour) + std::chrono::minutes(minute);
}

// The examples of the S3 documentation, "Signature Calculations for the Authorization Header".
class S3DocumentationExample : public testing::Test {
 protected:
  std::string Sign(RequestToSign request) const {
    request.headers.emplace_back("host", "examplebucket.s3.amazonaws.com");
    request.headers.emplace_back("x-amz-date", "20130524T000000Z");
    request.headers.emplace_back("x-amz-content-sha256", request.payload_hash);
    const Credentials credentials{.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                                  .secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
    return RequestSigner({.region = "us-east-1"})
        .AuthorizationHeader(std::move(request), credentials, Utc(2013, 5, 24, 0, 0));
  }
};

TEST_F(S3DocumentationExample, GetObject) {
  EXPECT_EQ(Sign({.method = "GET",
                  .encoded_path = EncodedS3Path("/test.txt"),
                  .headers = {{"range", "bytes=0-9"}}}),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_F(S3DocumentationExample, PutObjectWhoseKeyNeedsEncoding) {
  EXPECT_THAT(
      Sign({.method = "PUT",
            .encoded_path = EncodedS3Path("/test$file.text"),
            .headers = {{"date", "Fri, 24 May 2013 00:00:00 GMT"},
                        {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
            .payload_hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"}),
      EndsWith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST_F(S3DocumentationExample, GetBucketLifecycle) {
  EXPECT_THAT(
      Sign({.method = "GET", .encoded_path = "/", .query = {{"lifecycle", ""}}}),
      EndsWith("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
}

TEST_F(S3DocumentationExample, ListObjects) {
  EXPECT_THAT(
      Sign({.method = "GET", .encoded_path = "/", .query = {{"prefix", "J"}, {"max-keys", "2"}}}),
      EndsWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

// The general test suite of Signature Version 4, where it agrees with what S3 does.
class GeneralSuite : public testing::Test {
 protected:
  std::string Sign(RequestToSign request) const {
    request.method = "GET";
    request.headers.emplace_back("host", "example.amazonaws.com");
    request.headers.emplace_back("x-amz-date", "20150830T123600Z");
    const Credentials credentials{.access_key_id = "AKIDEXAMPLE",
                                  .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
    return RequestSigner({.region = "us-east-1", .service = "service"})
        .AuthorizationHeader(std::move(request), credentials, Utc(2015, 8, 30, 12, 36));
  }
};

TEST_F(GeneralSuite, GetVanilla) {
  EXPECT_EQ(Sign({.encoded_path = "/"}),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_F(GeneralSuite, GetVanillaQueryOrderKeyCase) {
  EXPECT_THAT(
      Sign({.encoded_path = "/", .query = {{"Param2", "value2"}, {"Param1", "value1"}}}),
      EndsWith("Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"));
}

TEST_F(GeneralSuite, GetUnreserved) {
  EXPECT_THAT(
      Sign({.encoded_path = EncodedS3Path(
                "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")}),
      EndsWith("Signature=07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"));
}

TEST_F(GeneralSuite, GetUtf8) {
  EXPECT_THAT(
      Sign({.encoded_path = EncodedS3Path("/ሴ")}),
      EndsWith("Signature=8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"));
}

TEST_F(GeneralSuite, GetHeaderValueTrim) {
  EXPECT_THAT(
      Sign({.encoded_path = "/",
            .headers = {{"my-header1", " value1"}, {"my-header2", " \"a   b   c\""}}}),
      EndsWith("Signature=acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"));
}

// One signer whose key stays must sign as one that was made for the request.
class SignerThatIsUsedAgain : public testing::Test {
 protected:
  static std::string SignWith(RequestSigner& signer, const Credentials& credentials,
                              std::chrono::sys_seconds time) {
    return signer.AuthorizationHeader(
        {.method = "GET", .encoded_path = "/k", .headers = {{"host", "h"}}}, credentials, time);
  }
  void ExpectAsAFreshOne(const Credentials& credentials, std::chrono::sys_seconds time) {
    RequestSigner fresh({.region = "r"});
    EXPECT_EQ(SignWith(signer_, credentials, time), SignWith(fresh, credentials, time));
  }

  RequestSigner signer_{{.region = "r"}};
  const Credentials first_{.access_key_id = "a", .secret_access_key = "one"};
  const Credentials second_{.access_key_id = "a", .secret_access_key = "two"};
  const std::chrono::sys_seconds noon_ = Utc(2020, 2, 29, 12, 0);
};

TEST_F(SignerThatIsUsedAgain, SignsEveryRequestOfADay) {
  for (int minute = 0; minute < 3; ++minute) {
    ExpectAsAFreshOne(first_, noon_ + std::chrono::minutes(minute));
  }
}

TEST_F(SignerThatIsUsedAgain, SignsWithAnotherKeyOnAnotherDay) {
  for (const int days : {0, 1, 2, 1, 366}) {  // a clock may be set back
    ExpectAsAFreshOne(first_, noon_ + std::chrono::days(days));
  }
  ExpectAsAFreshOne(first_, Utc(2020, 2, 29, 23, 59) + std::chrono::seconds(59));
  ExpectAsAFreshOne(first_, Utc(2020, 3, 1, 0, 0));
}

TEST_F(SignerThatIsUsedAgain, SignsWithAnotherKeyForOtherCredentials) {
  ExpectAsAFreshOne(first_, noon_);
  ExpectAsAFreshOne(second_, noon_);  // the same key id: secrets may be replaced
  ExpectAsAFreshOne(first_, noon_);
  ExpectAsAFreshOne({.access_key_id = "b", .secret_access_key = "one"}, noon_);
  EXPECT_NE(SignWith(signer_, first_, noon_), SignWith(signer_, second_, noon_));
}

TEST(EncodedS3Path, KeepsUnreservedBytesAndSlashes) {
  EXPECT_EQ(EncodedS3Path("/a//b/-._~Zz09/"), "/a//b/-._~Zz09/");
}

TEST(EncodedS3Path, EncodesEveryOtherByteOnceInUpperCase) {
  EXPECT_EQ(EncodedS3Path("a=b+c(d)%25 e&f'!*@:;,?#[]"),
            "a%3Db%2Bc%28d%29%2525%20e%26f%27%21%2A%40%3A%3B%2C%3F%23%5B%5D");
  EXPECT_EQ(EncodedS3Path("사진"), "%EC%82%AC%EC%A7%84");
  EXPECT_EQ(EncodedS3Path(std::string_view("\0\r\n\x7f\xff", 5)), "%00%0D%0A%7F%FF");
}

TEST(EncodedComponent, EncodesSlashesToo) { EXPECT_EQ(EncodedComponent("a/b"), "a%2Fb"); }

TEST(AmzDate, PadsEveryField) { EXPECT_EQ(AmzDate(Utc(987, 1, 2, 3, 4)), "09870102T030400Z"); }

TEST(S3Headers, SignTheSessionTokenWhereThereIsOne) {
  const auto headers =
      RequestSigner({.region = "r"})
          .S3Headers(
              "GET", "h", "/k",
              {.access_key_id = "id", .secret_access_key = "secret", .session_token = "token"},
              Utc(2020, 1, 1, 0, 0));
  EXPECT_THAT(headers, Contains(Pair("x-amz-security-token", "token")));
  EXPECT_THAT(headers, Contains(Pair("authorization",
                                     HasSubstr("SignedHeaders=host;x-amz-content-sha256;x-amz-date;"
                                               "x-amz-security-token,"))));
}

TEST(S3Headers, HaveNoTokenHeaderWithoutASession) {
  const auto headers =
      RequestSigner({.region = "r"})
          .S3Headers("GET", "h", "/k", {.access_key_id = "id", .secret_access_key = "secret"},
                     Utc(2020, 1, 1, 0, 0));
  EXPECT_EQ(headers.size(), 4u);
}

}  // namespace
}  // namespace thimble
