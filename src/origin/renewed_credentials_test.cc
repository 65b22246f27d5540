#include "origin/renewed_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <utility>
#include <vector>

#include "origin/origin_test_support.h"

namespace thimble {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr WallTime kStart{hours(500'000)};

Credentials Keys(const std::string& id, std::optional<WallTime> expires = std::nullopt) {
  return {.access_key_id = id, .secret_access_key = "secret of " + id, .expires = expires};
}

// What a source does is set by the test.
struct Script {
  int fetches = 0;
  bool held = false;
  bool changed = false;
  std::optional<std::chrono::seconds> life{};  // of the keys handed out; nothing: they never end
  std::optional<Error> failure{};
  std::string id_prefix = "key-";  // with the number of the fetch behind it
};

class ScriptedSource final : public CredentialsSource {
 public:
  ScriptedSource(Script& script, const WallTime& now, boost::asio::steady_timer& release)
      : script_(script), now_(now), release_(release) {}

  boost::asio::awaitable<Expected<Credentials>> Fetch(Deadline) override {
    ++script_.fetches;
    script_.changed = false;
    if (script_.held) {
      co_await release_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    if (script_.failure) co_return tl::unexpected<Error>(*script_.failure);
    const std::string id = script_.id_prefix + std::to_string(script_.fetches);
    if (!script_.life) co_return Keys(id);
    co_return Keys(id, now_ + *script_.life);
  }
  bool Changed(WallTime) override { return script_.changed; }
  std::string name() const override { return "a script"; }

 private:
  Script& script_;
  const WallTime& now_;
  boost::asio::steady_timer& release_;  // a fetch that is held ends when it is cancelled
};

class Witness final : public CredentialsObserver {
 public:
  void OnCredentialsObtained(std::string_view, const std::optional<WallTime>&) override {
    ++obtained;
  }
  void OnCredentialsFailed(std::string_view, const Error& error) override {
    failures.push_back(error.detail);
  }
  int obtained = 0;
  std::vector<std::string> failures;
};

class RenewedCredentialsTest : public testing::Test {
 protected:
  static Deadline Soon() { return Deadline::After(seconds(30)); }
  Expected<Credentials> Current(Deadline deadline = Soon()) {
    return RunToEnd(context_, credentials_.Current(deadline));
  }
  std::string CurrentId() {
    const auto keys = Current();
    return keys ? keys->access_key_id : "error: " + keys.error().detail;
  }
  void Fail() { script_.failure = Error{ErrorCode::kOriginUnreachable, "planted"}; }

  boost::asio::io_context context_;
  boost::asio::steady_timer release_{context_, SteadyClock::time_point::max()};
  WallTime now_ = kStart;
  Script script_;
  Witness witness_;
  RenewedCredentials credentials_{context_.get_executor(),
                                  std::make_unique<ScriptedSource>(script_, now_, release_),
                                  &witness_, [this] { return now_; }};
};

TEST_F(RenewedCredentialsTest, KeysWithoutAnEndAreFetchedOnce) {
  EXPECT_EQ(CurrentId(), "key-1");
  now_ += hours(24 * 365);
  EXPECT_EQ(CurrentId(), "key-1");
  EXPECT_EQ(witness_.obtained, 1);
}

TEST_F(RenewedCredentialsTest, OldKeysServeWhileNewOnesAreFetched) {
  script_.life = hours(1);
  EXPECT_EQ(CurrentId(), "key-1");
  now_ += minutes(54);
  EXPECT_EQ(CurrentId(), "key-1");
  EXPECT_EQ(script_.fetches, 1);
  now_ += minutes(2);
  script_.held = true;
  std::string id;
  boost::asio::co_spawn(context_, credentials_.Current(Soon()),
                        [&id](const std::exception_ptr&, const Expected<Credentials>& keys) {
                          id = keys ? keys->access_key_id : "error";
                        });
  context_.restart();
  context_.poll();
  EXPECT_EQ(id, "key-1");
  EXPECT_EQ(script_.fetches, 2);
  release_.cancel();
  EXPECT_EQ(CurrentId(), "key-2");
}

TEST_F(RenewedCredentialsTest, AllThatWaitShareOneRenewal) {
  script_.life = hours(1);
  EXPECT_EQ(CurrentId(), "key-1");
  now_ += hours(2);
  script_.held = true;
  std::vector<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    boost::asio::co_spawn(context_, credentials_.Current(Soon()),
                          [&ids](const std::exception_ptr&, const Expected<Credentials>& keys) {
                            ids.push_back(keys ? keys->access_key_id : "error");
                          });
  }
  context_.restart();
  context_.poll();
  EXPECT_TRUE(ids.empty());
  release_.cancel();
  context_.run();
  EXPECT_EQ(ids, std::vector<std::string>(50, "key-2"));
  EXPECT_EQ(script_.fetches, 2);
}

TEST_F(RenewedCredentialsTest, NobodyWaitsPastADeadlineAndTheRenewalGoesOn) {
  script_.held = true;
  std::optional<Expected<Credentials>> first;
  boost::asio::co_spawn(context_, credentials_.Current(Deadline::After(milliseconds(1))),
                        [&first](const std::exception_ptr&, Expected<Credentials> keys) {
                          first.emplace(std::move(keys));
                        });
  while (!first) context_.run_one();
  ASSERT_FALSE(*first);
  EXPECT_EQ(first->error().code, ErrorCode::kOriginTimeout);
  release_.cancel();
  EXPECT_EQ(CurrentId(), "key-1");
  EXPECT_EQ(script_.fetches, 1);
}

TEST_F(RenewedCredentialsTest, AFailureIsNotNoticedWhileTheOldKeysHold) {
  script_.life = hours(1);
  EXPECT_EQ(CurrentId(), "key-1");
  Fail();
  now_ += minutes(59);
  EXPECT_EQ(CurrentId(), "key-1");
  EXPECT_THAT(witness_.failures, ElementsAre("planted"));
  now_ += seconds(90);
  const auto keys = Current();
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, ErrorCode::kOriginUnreachable);
  EXPECT_THAT(keys.error().detail, HasSubstr("planted"));
  script_.failure.reset();
  now_ += minutes(1);
  EXPECT_EQ(CurrentId(), "key-4");
}

TEST_F(RenewedCredentialsTest, ABrokenFileIsTheOriginsFailureToThoseWhoAsk) {
  script_.failure = Error{ErrorCode::kBadSetting, "half a pair"};
  EXPECT_EQ(Current().error().code, ErrorCode::kOriginFailed);
}

TEST_F(RenewedCredentialsTest, FailuresAreSpacedOut) {
  Fail();
  for (int i = 0; i < 100; ++i) EXPECT_THAT(CurrentId(), HasSubstr("planted"));
  EXPECT_EQ(script_.fetches, 1);
  for (int i = 0; i < 3600; ++i) {
    now_ += seconds(1);
    CurrentId();
  }
  EXPECT_LE(script_.fetches, 90);
  EXPECT_GE(script_.fetches, 60);
}

TEST_F(RenewedCredentialsTest, RefusedKeysAreReplacedBeforeTheNextUse) {
  const auto used = Current();
  now_ += hours(1);
  credentials_.Refused(*used);
  credentials_.Refused(*used);  // two requests were under way
  EXPECT_EQ(CurrentId(), "key-2");
  credentials_.Refused(*used);  // and a third was late
  EXPECT_EQ(CurrentId(), "key-2");
  EXPECT_EQ(script_.fetches, 2);
}

TEST_F(RenewedCredentialsTest, AStoreThatRefusesAllKeysCausesNoStorm) {
  for (int second = 0; second < 3600; ++second) {
    for (int i = 0; i < 10; ++i) {
      const auto used = Current();
      ASSERT_TRUE(used);
      credentials_.Refused(*used);
    }
    now_ += seconds(1);
  }
  EXPECT_LE(script_.fetches, 100);
}

TEST_F(RenewedCredentialsTest, RefusedKeysAreBetterThanNone) {
  const auto used = Current();
  Fail();
  credentials_.Refused(*used);
  EXPECT_EQ(CurrentId(), "key-1");
  EXPECT_EQ(script_.fetches, 2);
}

TEST_F(RenewedCredentialsTest, AChangeAtTheSourceIsSeenAtOnceAndABrokenOneKeepsTheOldKeys) {
  EXPECT_EQ(CurrentId(), "key-1");
  script_.changed = true;
  EXPECT_EQ(CurrentId(), "key-2");
  Fail();
  script_.changed = true;
  EXPECT_EQ(CurrentId(), "key-2");
  EXPECT_THAT(witness_.failures, ElementsAre("planted"));
  script_.failure.reset();
  script_.changed = true;
  EXPECT_EQ(CurrentId(), "key-4");
}

TEST_F(RenewedCredentialsTest, KeysThatEndedByOurClockAreTheStoresToJudge) {
  script_.life = -minutes(10);
  EXPECT_EQ(CurrentId(), "key-1");
  now_ += seconds(30);
  EXPECT_EQ(CurrentId(), "key-1");
  now_ += minutes(1);
  EXPECT_EQ(CurrentId(), "key-2");
}

TEST(LifetimeOf, RenewsMinutesBeforeTheEndAndShortLivesAtThreeQuarters) {
  for (const double jitter : {0.0, 0.5, 0.999}) {
    const auto day = LifetimeOf(Keys("a", kStart + hours(6)), kStart, jitter);
    EXPECT_GE(day.renew_at, kStart + hours(6) - minutes(5));
    EXPECT_LE(day.renew_at, kStart + hours(6) - minutes(4));
    EXPECT_EQ(day.usable_until, kStart + hours(6));
    const auto short_one = LifetimeOf(Keys("a", kStart + seconds(4)), kStart, jitter);
    EXPECT_GE(short_one.renew_at, kStart + seconds(3));
    EXPECT_LE(short_one.renew_at, kStart + milliseconds(3200));
  }
  EXPECT_EQ(LifetimeOf(Keys("a"), kStart, 0).renew_at, WallTime::max());
}

TEST(LifetimeOf, AnInstantIsNoLife) {
  // Else a source that hands out its old keys until the end would be asked in a tight loop.
  const auto instant = LifetimeOf(Keys("a", kStart + milliseconds(1)), kStart, 0);
  EXPECT_GE(instant.renew_at, kStart + milliseconds(700));
}

TEST(WaitAfterFailures, GrowsToAMinuteAndStays) {
  EXPECT_EQ(WaitAfterFailures(1, 0), seconds(1));
  EXPECT_EQ(WaitAfterFailures(3, 0), seconds(4));
  EXPECT_EQ(WaitAfterFailures(1'000'000, 0), seconds(60));
  EXPECT_LT(WaitAfterFailures(1, 0.9), seconds(1));
}

}  // namespace
}  // namespace thimble
