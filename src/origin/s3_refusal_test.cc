#include "origin/s3_refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

namespace thimble {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(784111777)};

AnswerHead HeadOf(std::initializer_list<std::string_view> lines) {
  AnswerHead head;
  for (const std::string_view line : lines) EXPECT_TRUE(head.AddLine(line));
  return head;
}

S3Refusal Judged(int status, std::string_view s3_code) {
  const std::string line = "HTTP/1.1 " + std::to_string(status) + " Refused";
  std::string xml = "<?xml version='1.0'?><Error><Code>";
  xml.append(s3_code).append("</Code><Message>m</Message></Error>");
  return JudgeRefusal(HeadOf({line, ""}), s3_code.empty() ? "" : xml, kNow);
}

struct Row {
  int status;
  const char* s3_code;
  ErrorCode code;
  const char* reason;
  SecondTry second_try;
};

TEST(JudgeRefusal, TellsWhoseFaultItIs) {
  const Row rows[] = {
      // the key's
      {404, "NoSuchKey", ErrorCode::kOriginalNotFound, "", SecondTry::kNone},
      {404, "", ErrorCode::kOriginalNotFound, "", SecondTry::kNone},
      {404, "PlantedCode", ErrorCode::kOriginalNotFound, "", SecondTry::kNone},
      {400, "KeyTooLongError", ErrorCode::kOriginalNotFound, "", SecondTry::kNone},
      {410, "", ErrorCode::kOriginalGone, "", SecondTry::kNone},
      {403, "AccessDenied", ErrorCode::kOriginalForbidden, "", SecondTry::kNone},
      {403, "", ErrorCode::kOriginalForbidden, "", SecondTry::kNone},
      {403, "InvalidObjectState", ErrorCode::kOriginalArchived, "", SecondTry::kNone},
      // ours
      {403, "SignatureDoesNotMatch", ErrorCode::kOriginRefused, "signature_does_not_match",
       SecondTry::kNone},
      {403, "InvalidAccessKeyId", ErrorCode::kOriginRefused, "invalid_access_key_id",
       SecondTry::kWithOtherKeys},
      {403, "RequestTimeTooSkewed", ErrorCode::kOriginRefused, "request_time_too_skewed",
       SecondTry::kNone},
      {403, "AccountProblem", ErrorCode::kOriginRefused, "account_problem", SecondTry::kNone},
      {400, "ExpiredToken", ErrorCode::kOriginRefused, "expired_token", SecondTry::kWithOtherKeys},
      {400, "InvalidToken", ErrorCode::kOriginRefused, "invalid_token", SecondTry::kWithOtherKeys},
      {404, "NoSuchBucket", ErrorCode::kOriginRefused, "no_such_bucket", SecondTry::kNone},
      {400, "AuthorizationHeaderMalformed", ErrorCode::kOriginRefused, "wrong_region",
       SecondTry::kInOtherRegion},
      {301, "PermanentRedirect", ErrorCode::kOriginRefused, "wrong_region",
       SecondTry::kInOtherRegion},
      {401, "", ErrorCode::kOriginRefused, "unauthorized", SecondTry::kWithOtherKeys},
      {403, "PlantedCode", ErrorCode::kOriginRefused, "other", SecondTry::kNone},
      // the store's, for the moment
      {503, "SlowDown", ErrorCode::kOriginBusy, "slow_down", SecondTry::kAfterPause},
      {503, "", ErrorCode::kOriginBusy, "unavailable", SecondTry::kAfterPause},
      {429, "", ErrorCode::kOriginBusy, "slow_down", SecondTry::kAfterPause},
      {500, "InternalError", ErrorCode::kOriginFailed, "server_error", SecondTry::kAfterPause},
      {500, "", ErrorCode::kOriginFailed, "server_error", SecondTry::kAfterPause},
      {502, "", ErrorCode::kOriginFailed, "server_error", SecondTry::kAfterPause},
      {400, "RequestTimeout", ErrorCode::kOriginFailed, "request_timeout", SecondTry::kAfterPause},
      // nobody's in particular
      {400, "PlantedCode", ErrorCode::kOriginFailed, "", SecondTry::kNone},
      {204, "", ErrorCode::kOriginFailed, "", SecondTry::kNone},
      {206, "", ErrorCode::kOriginFailed, "", SecondTry::kNone},
      {301, "", ErrorCode::kOriginFailed, "", SecondTry::kNone},
      {302, "", ErrorCode::kOriginFailed, "", SecondTry::kNone},
      {304, "", ErrorCode::kOriginFailed, "", SecondTry::kNone},
      {501, "", ErrorCode::kOriginFailed, "", SecondTry::kNone},
      {999, "", ErrorCode::kOriginFailed, "", SecondTry::kNone},
  };
  for (const Row& row : rows) {
    const S3Refusal refusal = Judged(row.status, row.s3_code);
    EXPECT_EQ(SlugOf(refusal.code), SlugOf(row.code)) << row.status << " " << row.s3_code;
    EXPECT_EQ(refusal.reason, row.reason) << row.status << " " << row.s3_code;
    EXPECT_EQ(refusal.second_try, row.second_try) << row.status << " " << row.s3_code;
    EXPECT_THAT(refusal.detail, StartsWith(std::to_string(row.status)));
    EXPECT_THAT(refusal.detail, HasSubstr(row.s3_code));
  }
}

TEST(JudgeRefusal, NamesTheRemedyWhereTheFaultIsOurs) {
  EXPECT_THAT(Judged(403, "SignatureDoesNotMatch").detail, HasSubstr("secret access key"));
  EXPECT_THAT(Judged(403, "RequestTimeTooSkewed").detail, HasSubstr("clock"));
  EXPECT_THAT(Judged(404, "NoSuchBucket").detail, HasSubstr("origin.url"));
  EXPECT_THAT(Judged(301, "PermanentRedirect").detail, HasSubstr("s3.region"));
  EXPECT_EQ(Judged(404, "NoSuchKey").detail, "404 NoSuchKey");
}

TEST(JudgeRefusal, LetsNoOtherTextThrough) {
  const AnswerHead head = HeadOf({"HTTP/1.1 404 Not Found", ""});
  for (const std::string_view text :
       {"", "plain", "<Code>two words</Code>", "<Code>line\nbreak</Code>", "<Code></Code>",
        "<Code>x\x1b[31m</Code>"}) {
    EXPECT_EQ(JudgeRefusal(head, text, kNow).detail, "404") << text;
  }
  EXPECT_EQ(JudgeRefusal(head, "<Code>" + std::string(1000, 'x'), kNow).detail, "404");
}

TEST(JudgeRefusal, LearnsTheRegionFromTheHeadOrTheBody) {
  const AnswerHead head = HeadOf({"HTTP/1.1 301 Moved", "x-amz-bucket-region: ap-northeast-2", ""});
  EXPECT_EQ(JudgeRefusal(head, "", kNow).region, "ap-northeast-2");
  const AnswerHead plain = HeadOf({"HTTP/1.1 400 Bad Request", ""});
  constexpr std::string_view kBody =
      "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>";
  EXPECT_EQ(JudgeRefusal(plain, kBody, kNow).region, "eu-west-1");
}

TEST(JudgeRefusal, TakesNoRegionThatIsNone) {
  for (const char* region : {"a.b", "evil.example/", "x y", "", "a_b", "\x1b[31m"}) {
    const std::string field = std::string("x-amz-bucket-region: ").append(region);
    const AnswerHead head = HeadOf({"HTTP/1.1 301 Moved", field, ""});
    EXPECT_EQ(JudgeRefusal(head, "", kNow).region, "") << region;
  }
  // Where the region is right, the store names it all the same.
  const AnswerHead head = HeadOf({"HTTP/1.1 403 F", "x-amz-bucket-region: eu-west-1", ""});
  EXPECT_EQ(JudgeRefusal(head, "<Code>AccessDenied</Code>", kNow).region, "");
}

TEST(JudgeRefusal, MentionsAClockThatIsOff) {
  const AnswerHead behind =
      HeadOf({"HTTP/1.1 403 Forbidden", "Date: Sun, 06 Nov 1994 08:29:37 GMT", ""});
  EXPECT_EQ(
      JudgeRefusal(behind, "", kNow).detail,
      "403; the store's clock is 1200 s behind ours, and signatures are refused from 900 s on");
  const AnswerHead ahead =
      HeadOf({"HTTP/1.1 403 Forbidden", "Date: Sun, 06 Nov 1994 08:54:37 GMT", ""});
  EXPECT_EQ(
      JudgeRefusal(ahead, "", kNow).detail,
      "403; the store's clock is 300 s ahead of ours, and signatures are refused from 900 s on");
}

TEST(JudgeRefusal, IsSilentAboutAClockThatIsAlmostRight) {
  const AnswerHead head =
      HeadOf({"HTTP/1.1 403 Forbidden", "Date: Sun, 06 Nov 1994 08:49:40 GMT", ""});
  EXPECT_EQ(JudgeRefusal(head, "", kNow).detail, "403");
}

}  // namespace
}  // namespace thimble
