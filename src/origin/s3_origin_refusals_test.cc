// What is done about refusals: asking again, telling the operator, and finding out what a HEAD does
// not say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "origin/faulty_origin_test_support.h"

namespace thimble {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RecordingObserver final : public OriginObserver {
 public:
  void OnRefusal(std::string_view reason, std::string_view what) override {
    refusals.emplace_back(reason);
    said = what;
  }
  void OnRepeat(std::string_view reason) override { repeats.emplace_back(reason); }
  void OnNotice(std::string_view reason, std::string_view what) override {
    notices.emplace_back(reason);
    said = what;
  }

  std::vector<std::string> refusals;
  std::vector<std::string> repeats;
  std::vector<std::string> notices;
  std::string said;  // last
};

// Has its next keys ready for when the store refuses these.
class RenewedCredentials final : public CredentialsProvider {
 public:
  boost::asio::awaitable<Expected<Credentials>> Current(Deadline) override {
    co_return Credentials{.access_key_id = refused ? "AKIDNEW" : "AKIDOLD",
                          .secret_access_key = "secret"};
  }
  void Refused(const Credentials& used) override { refused |= used.access_key_id == "AKIDOLD"; }

  bool refused = false;
};

class RefusalTest : public FaultyOriginTest {
 protected:
  std::unique_ptr<Origin> Observed(const std::string& mode,
                                   std::unique_ptr<CredentialsProvider> credentials = nullptr) {
    S3Options options = OptionsFor(mode);
    options.observer = &observer_;
    return std::move(
        *MakeS3Origin(context_.get_executor(), std::move(options), std::move(credentials)));
  }
  static std::unique_ptr<CredentialsProvider> Keys() {
    return MakeStaticCredentials({.access_key_id = "AKID", .secret_access_key = "secret"});
  }

  RecordingObserver observer_;
};

TEST_F(RefusalTest, ThatLiesWithUsIsToldWithItsRemedy) {
  const auto refused = FetchFrom(*Observed("s3_403_RequestTimeTooSkewed"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("403 RequestTimeTooSkewed: synchronise"));
  EXPECT_THAT(observer_.refusals, ElementsAre("request_time_too_skewed"));
  EXPECT_EQ(observer_.said, refused.error().detail);
}

TEST_F(RefusalTest, ThatLiesWithTheKeyIsNotTold) {
  ASSERT_FALSE(FetchFrom(*Observed("s3_403_AccessDenied")));
  ASSERT_FALSE(FetchFrom(*Observed("s404")));
  EXPECT_THAT(observer_.refusals, IsEmpty());
  EXPECT_THAT(observer_.repeats, IsEmpty());
}

TEST_F(RefusalTest, SaysWhetherTheClockIsToBlame) {
  const auto skewed = FetchFrom(*OriginOf("s403_skewed"));
  EXPECT_THAT(skewed.error().detail, HasSubstr("the store's clock is"));
}

struct HeadCase {
  const char* mode;
  ErrorCode code;
};

TEST_F(RefusalTest, OfAHeadIsJudgedByTheCodeThatAGetIsTold) {
  const HeadCase cases[] = {{"s404", ErrorCode::kOriginalNotFound},
                            {"s3_404_NoSuchBucket", ErrorCode::kOriginRefused},
                            {"s3_403_AccessDenied", ErrorCode::kOriginalForbidden},
                            {"s3_403_SignatureDoesNotMatch", ErrorCode::kOriginRefused},
                            {"s3_403_InvalidObjectState", ErrorCode::kOriginalArchived},
                            {"s3_400_ExpiredToken", ErrorCode::kOriginRefused},
                            {"s500", ErrorCode::kOriginFailed},
                            {"s503", ErrorCode::kOriginBusy},
                            {"cl_dup", ErrorCode::kOriginFailed}};
  for (const HeadCase& one : cases) {
    const auto found = StatFrom(*OriginOf(one.mode));
    ASSERT_FALSE(found) << one.mode;
    EXPECT_EQ(SlugOf(found.error().code), SlugOf(one.code)) << one.mode;
  }
}

TEST_F(RefusalTest, OfAHeadAloneIsNone) {
  const auto origin = OriginOf("head_refused");
  const auto found = StatFrom(*origin);
  ASSERT_TRUE(found) << found.error().detail;
  const auto fetched = FetchFrom(*origin);
  ASSERT_TRUE(fetched);
  EXPECT_EQ(found->entity_tag, fetched->validator.entity_tag);
  EXPECT_EQ(found->last_modified, fetched->validator.last_modified);
}

class PassingRefusalTest : public RefusalTest, public testing::WithParamInterface<const char*> {};

TEST_P(PassingRefusalTest, IsAskedAgainOnce) {
  const std::string mode = std::string("once_").append(GetParam());
  const auto fetched = FetchFrom(*Observed(mode), "fetched");
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_EQ(observer_.repeats.size(), 1u);
  const auto found = StatFrom(*Observed(mode), "found");
  ASSERT_TRUE(found) << found.error().detail;

  ASSERT_FALSE(FetchFrom(*Observed(GetParam()), "again"));
  const std::string path = std::string("/").append(GetParam()).append("/again");
  EXPECT_EQ(RequestsFor(path), 2);
}
INSTANTIATE_TEST_SUITE_P(Refusals, PassingRefusalTest,
                         testing::Values("s500", "s502", "s503", "s504", "s429", "s3_503_SlowDown",
                                         "s3_400_RequestTimeout"));

TEST_F(RefusalTest, IsNotAskedAgainWhereThereIsNoTimeLeft) {
  const auto origin = Observed("s503");
  // The least pause is longer than that.
  const auto refused = FetchFrom(*origin, "hurried", std::chrono::milliseconds(49));
  ASSERT_FALSE(refused);
  EXPECT_LE(RequestsFor("/s503/hurried"), 1);
}

TEST_F(RefusalTest, ByAStoreInTroubleIsAskedAgainOnlySoOften) {
  const auto origin = Observed("s503");
  constexpr int kFetches = 120;
  for (int i = 0; i < kFetches / 6; ++i) FetchSixAtOnce(*origin, "storm");
  EXPECT_EQ(RequestsFor("/s503/storm"), kFetches + 50);
}

TEST_F(RefusalTest, OfOldKeysIsAnsweredWithNewOnes) {
  const auto origin = Observed("keys_AKIDNEW", std::make_unique<RenewedCredentials>());
  const auto fetched = FetchFrom(*origin);
  ASSERT_TRUE(fetched) << fetched.error().detail;
  EXPECT_THAT(observer_.repeats, ElementsAre("expired_token"));
  EXPECT_THAT(observer_.refusals, IsEmpty());
}

TEST_F(RefusalTest, OfKeysThatStayTheSameIsFinal) {
  const auto refused = FetchFrom(*Observed("keys_AKIDNEW", Keys()), "final");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOriginRefused);
  EXPECT_EQ(RequestsFor("/keys_AKIDNEW/final"), 1);
}

class WrongRegionTest : public RefusalTest, public testing::WithParamInterface<const char*> {};

TEST_P(WrongRegionTest, IsLearntAndRemembered) {
  const std::string mode = std::string(GetParam()).append("_eu-west-9");
  const auto origin = Observed(mode, Keys());
  const auto found = StatFrom(*origin);
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_THAT(observer_.notices, ElementsAre("wrong_region"));
  EXPECT_THAT(observer_.said, HasSubstr("eu-west-9"));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(FetchFrom(*origin, "remembered"));
  EXPECT_EQ(RequestsFor("/" + mode + "/remembered"), 3);
  EXPECT_EQ(observer_.notices.size(), 1u);
}

TEST_P(WrongRegionTest, IsOursWhereSigningAnewDoesNotHelp) {
  const std::string mode = std::string(GetParam()).append("_eu-west-9");
  const auto refused = FetchFrom(*Observed(mode), "unsigned");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOriginRefused);
  EXPECT_THAT(observer_.refusals, ElementsAre("wrong_region"));
  EXPECT_EQ(RequestsFor("/" + mode + "/unsigned"), 2);
}
INSTANTIATE_TEST_SUITE_P(Ways, WrongRegionTest, testing::Values("region", "moved"));

}  // namespace
}  // namespace thimble
