// What becomes of every way an origin can misbehave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <tuple>

#include "origin/faulty_origin_test_support.h"

namespace thimble {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Fault {
  const char* mode;
  ErrorCode code;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.mode; }

class FaultTest : public FaultyOriginTest {};

class FaultCodeTest : public FaultTest,
                      public testing::WithParamInterface<std::tuple<Transport, Fault>> {};

TEST_P(FaultCodeTest, EndsInItsErrorCode) {
  const auto& [transport, fault] = GetParam();
  const auto origin = OriginOf(fault.mode, transport);
  const auto fetched = FetchFrom(*origin);
  ASSERT_FALSE(fetched);
  EXPECT_EQ(SlugOf(fetched.error().code), SlugOf(fault.code)) << fetched.error().detail;
  EXPECT_FALSE(fetched.error().detail.empty());
}

TEST_P(FaultCodeTest, EndsInTheSameCodeOnSixKeptConnections) {
  const auto& [transport, fault] = GetParam();
  const auto origin = OriginOf(fault.mode, transport);
  FillPool(*origin);
  for (const auto& fetched : FetchSixAtOnce(*origin, "key")) {
    ASSERT_FALSE(fetched);
    EXPECT_EQ(SlugOf(fetched.error().code), SlugOf(fault.code)) << fetched.error().detail;
  }
  FillPool(*origin);  // the fault has left nothing behind
}

constexpr Fault kFaults[] = {
    {"truncated_half", ErrorCode::kOriginIncomplete},
    {"truncated_last_byte", ErrorCode::kOriginIncomplete},
    {"truncated_empty", ErrorCode::kOriginIncomplete},
    {"truncated_chunked", ErrorCode::kOriginIncomplete},
    {"rst_mid_body", ErrorCode::kOriginIncomplete},
    {"no_cl_close", ErrorCode::kOriginIncomplete},
    {"chunk_bad_size", ErrorCode::kOriginIncomplete},
    {"chunk_negative", ErrorCode::kOriginIncomplete},
    {"chunk_huge", ErrorCode::kOriginIncomplete},
    {"chunk_no_crlf", ErrorCode::kOriginIncomplete},
    {"endless", ErrorCode::kOriginalTooLarge},
    {"cl_huge", ErrorCode::kOriginalTooLarge},
    {"cl_overflow", ErrorCode::kOriginalTooLarge},
    {"headers_1MB", ErrorCode::kOriginFailed},
    {"header_line_1MB", ErrorCode::kOriginFailed},
    {"chunk_trailer_spam", ErrorCode::kOriginFailed},
    {"continue_100_spam", ErrorCode::kOriginFailed},
    {"cl_and_te", ErrorCode::kOriginFailed},
    {"cl_dup", ErrorCode::kOriginFailed},
    {"cl_list", ErrorCode::kOriginFailed},
    {"cl_negative", ErrorCode::kOriginFailed},
    {"te_unknown", ErrorCode::kOriginFailed},
    {"te_gzip", ErrorCode::kOriginFailed},
    {"garbage", ErrorCode::kOriginFailed},
    {"http_09", ErrorCode::kOriginFailed},
    {"close_without_answer", ErrorCode::kOriginFailed},
    {"reset_without_answer", ErrorCode::kOriginFailed},
    {"s204", ErrorCode::kOriginFailed},
    {"s206", ErrorCode::kOriginFailed},
    {"s304_unasked", ErrorCode::kOriginFailed},
    {"s400", ErrorCode::kOriginFailed},
    {"s401", ErrorCode::kOriginRefused},
    {"s403", ErrorCode::kOriginRefused},
    {"plain_403", ErrorCode::kOriginalForbidden},
    {"s3_403_AccessDenied", ErrorCode::kOriginalForbidden},
    {"s3_403_InvalidObjectState", ErrorCode::kOriginalArchived},
    {"s3_403_SignatureDoesNotMatch", ErrorCode::kOriginRefused},
    {"s3_403_RequestTimeTooSkewed", ErrorCode::kOriginRefused},
    {"s3_404_NoSuchBucket", ErrorCode::kOriginRefused},
    {"s3_400_RequestTimeout", ErrorCode::kOriginFailed},
    {"s404", ErrorCode::kOriginalNotFound},
    {"s404_endless", ErrorCode::kOriginalNotFound},
    {"s410", ErrorCode::kOriginalGone},
    {"s429", ErrorCode::kOriginBusy},
    {"s500", ErrorCode::kOriginFailed},
    {"s502", ErrorCode::kOriginFailed},
    {"s503", ErrorCode::kOriginBusy},
    {"s504", ErrorCode::kOriginFailed},
};
INSTANTIATE_TEST_SUITE_P(Faults, FaultCodeTest,
                         testing::Combine(testing::Values(Transport::kPlain, Transport::kTls),
                                          testing::ValuesIn(kFaults)),
                         [](const auto& tested) {
                           return std::get<Fault>(tested.param).mode +
                                  NameOf(std::get<Transport>(tested.param));
                         });

class SilenceTest : public FaultTest, public testing::WithParamInterface<const char*> {};

TEST_P(SilenceTest, BeforeTheHeadIsCompleteIsATimeoutOfItsOwn) {
  S3Options options = OptionsFor(GetParam());
  options.limits.first_byte_timeout = std::chrono::milliseconds(200);
  const auto origin = OriginWith(std::move(options));
  const auto fetched = FetchFrom(*origin);
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginTimeout) << fetched.error().detail;
}
INSTANTIATE_TEST_SUITE_P(Silences, SilenceTest, testing::Values("no_response", "slow_headers"));

class SlowBodyTest : public FaultTest, public testing::WithParamInterface<const char*> {};

TEST_P(SlowBodyTest, EndsAtTheDeadline) {
  const auto origin = OriginOf(GetParam());
  const auto fetched = FetchFrom(*origin, "key", std::chrono::milliseconds(500));
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginTimeout) << fetched.error().detail;
}
INSTANTIATE_TEST_SUITE_P(SlowBodies, SlowBodyTest, testing::Values("stall_mid_body", "trickle"));

TEST_F(FaultTest, AStalledRefusalIsStillTheRefusal) {
  S3Options options = OptionsFor("s404_stalled");
  options.limits.first_byte_timeout = std::chrono::milliseconds(200);
  const auto origin = OriginWith(std::move(options));
  EXPECT_EQ(FetchFrom(*origin).error().code, ErrorCode::kOriginalNotFound);
}

TEST_F(FaultTest, ALateFirstByteWithinItsTimeIsFine) {
  EXPECT_TRUE(FetchFrom(*OriginOf("late_first_byte")));
}

class SoundAnswerTest : public FaultTest, public testing::WithParamInterface<const char*> {};

TEST_P(SoundAnswerTest, IsFetchedWhole) {
  const auto fetched = FetchFrom(*OriginOf(GetParam()));
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(fetched->bytes->size(), kBodyBytes);
  EXPECT_FALSE(fetched->validator.entity_tag.empty());
}
INSTANTIATE_TEST_SUITE_P(SoundAnswers, SoundAnswerTest,
                         testing::Values("ok", "ok_chunked", "ok_no_validators",
                                         "ok_last_modified_only", "set_cookie", "nostore"));

TEST_F(FaultTest, AnEntityTagIsMadeWhereTheStoreSendsNone) {
  for (const char* mode : {"ok_last_modified_only", "ok_no_validators"}) {
    const auto origin = OriginOf(mode);
    const auto fetched = FetchFrom(*origin);
    const auto found = StatFrom(*origin);
    ASSERT_TRUE(fetched && found) << mode;
    EXPECT_FALSE(found->entity_tag.empty()) << mode;
    EXPECT_EQ(found->entity_tag, fetched->validator.entity_tag) << mode;
  }
}

TEST_F(FaultTest, WithoutTagAndDateOtherBytesOfTheSameLengthHaveAnotherTag) {
  const auto tag_of = [&](const std::string& key) {
    return FetchFrom(*OriginOf("echo_no_validators"), key)->validator.entity_tag;
  };
  EXPECT_EQ(tag_of("a"), tag_of("a"));
  EXPECT_NE(tag_of("a"), tag_of("b"));
}

class PackedTest : public FaultTest, public testing::WithParamInterface<const char*> {};

TEST_P(PackedTest, IsFetchedAsItIsAndSaysHowItClaimsToBePacked) {
  const auto fetched = FetchFrom(*OriginOf(GetParam()));
  ASSERT_TRUE(fetched) << fetched.error().detail;
  const std::string coding = GetParam() == std::string("br_claim") ? "br" : "gzip";
  EXPECT_EQ(fetched->content_codings, coding);
  EXPECT_LE(fetched->bytes->size(), 4 * kBodyBytes);  // nothing was unpacked
}
INSTANTIATE_TEST_SUITE_P(Packed, PackedTest,
                         testing::Values("gzip_ok", "gzip_claim", "gzip_bomb", "br_claim"));

class RedirectTest : public FaultTest, public testing::WithParamInterface<const char*> {};

TEST_P(RedirectTest, IsNotFollowed) {
  const auto fetched = FetchFrom(*OriginOf(GetParam()));
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginFailed);
  EXPECT_EQ(RequestsFor("/canary/reached"), 0);
}
INSTANTIATE_TEST_SUITE_P(Redirects, RedirectTest,
                         testing::Values("redir_301", "redir_302", "redir_307", "redir_308"));

class PoisonTest : public FaultTest, public testing::WithParamInterface<const char*> {};

TEST_P(PoisonTest, LeavesNothingBehindForTheNextFetch) {
  auto client = HttpClient::Create(context_.get_executor(), Limits());
  const auto get = [&](const std::string& path) {
    HttpRequest request{.url = FaultyEndpoint() + path};
    return RunToEnd(context_, client->Perform(std::move(request), LongEnough()));
  };
  ASSERT_TRUE(get("/ok/before"));
  EXPECT_FALSE(get(std::string("/") + GetParam() + "/key"));
  const auto after = get("/ok/after");
  ASSERT_TRUE(after) << after.error().detail;
  EXPECT_EQ(after->body->size(), kBodyBytes);
}
INSTANTIATE_TEST_SUITE_P(Poisons, PoisonTest,
                         testing::Values("cl_and_te", "cl_dup", "chunk_bad_size", "chunk_no_crlf",
                                         "chunk_huge", "rst_mid_body", "te_gzip"));

TEST_F(FaultTest, TheRequestSaysOnlyWhatItMust) {
  auto client = HttpClient::Create(context_.get_executor(), Limits());
  const auto get = [&](const std::string& path) {
    HttpRequest request{.url = FaultyEndpoint() + path};
    const auto answer = RunToEnd(context_, client->Perform(std::move(request), LongEnough()));
    return TextOfSealed(*answer.value().body);
  };
  get("/set_cookie/key");
  const std::string head = get("/echo/a//b/../%2e%2E/%41.jpg");
  EXPECT_THAT(head, HasSubstr("GET /echo/a//b/../%2e%2E/%41.jpg HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("Accept-Encoding: identity\r\n"));
  EXPECT_THAT(head, HasSubstr("User-Agent: thimble/"));
  EXPECT_THAT(head, Not(HasSubstr("Cookie")));
}

TEST_F(FaultTest, WithoutCredentialsNothingIsSigned) {
  const auto fetched = FetchFrom(*OriginOf("echo"));
  ASSERT_TRUE(fetched);
  EXPECT_THAT(TextOfSealed(*fetched->bytes), Not(HasSubstr("uthorization")));
}

TEST_F(FaultTest, ALineEndInAHeaderNeverLeaves) {
  auto client = HttpClient::Create(context_.get_executor(), Limits());
  HttpRequest request{.url = FaultyEndpoint() + "/echo/x", .headers = {{"x", "y\r\nEvil: 1"}}};
  const auto answer = RunToEnd(context_, client->Perform(std::move(request), LongEnough()));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kInternal);
}

class UnreachableTest : public FaultTest {
 protected:
  Expected<Original> FetchAt(const std::string& endpoint, const std::string& ca_file = {}) {
    S3Options options = OptionsFor("ok");
    options.location.endpoint = endpoint;
    options.ca_file = ca_file;
    return FetchFrom(*OriginWith(std::move(options)));
  }
};

TEST_F(UnreachableTest, IsAPortWhereNobodyListens) {
  // Port 1 is reserved, and nothing serves it on loopback.
  const auto fetched = FetchAt("http://127.0.0.1:1");
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginUnreachable) << fetched.error().detail;
}

TEST_F(UnreachableTest, IsANameThatCannotBeResolved) {
  // A label over 63 bytes: no resolver has to be asked.
  const auto fetched = FetchAt("http://" + std::string(64, 'x') + ".example");
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginUnreachable) << fetched.error().detail;
}

TEST_F(UnreachableTest, IsAServerThatSpeaksNoTlsOverHttps) {
  const std::string port = FaultyEndpoint().substr(FaultyEndpoint().rfind(':'));
  const auto fetched = FetchAt("https://127.0.0.1" + port);
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginUnreachable) << fetched.error().detail;
}

TEST_F(UnreachableTest, IsACertificateThatNobodyVouchesFor) {
  const std::string endpoint = FaultyEndpoint(Transport::kTls);
  const auto fetched = FetchAt(endpoint);
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, ErrorCode::kOriginUnreachable);
  EXPECT_THAT(fetched.error().detail, HasSubstr("certificate"));
  EXPECT_TRUE(FetchAt(endpoint, FaultyCertificate()));
}

TEST_F(FaultTest, AFileWithoutCertificatesIsABadSetting) {
  for (const char* file : {"/no/such/file.pem", "/dev/null"}) {
    S3Options options = OptionsFor("ok");
    options.ca_file = file;
    const auto origin = MakeS3Origin(context_.get_executor(), std::move(options), nullptr);
    ASSERT_FALSE(origin);
    EXPECT_EQ(origin.error().code, ErrorCode::kBadSetting) << file;
    EXPECT_THAT(origin.error().detail, HasSubstr(file));
  }
}

}  // namespace
}  // namespace thimble
