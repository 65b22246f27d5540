// Which connections are used again, and what becomes of a request that meets a dead one.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <tuple>

#include "origin/faulty_origin_test_support.h"

namespace thimble {
namespace {

class ConnectionTest : public FaultyOriginTest, public testing::WithParamInterface<Transport> {};

INSTANTIATE_TEST_SUITE_P(Transports, ConnectionTest,
                         testing::Values(Transport::kPlain, Transport::kTls),
                         [](const auto& tested) { return NameOf(tested.param); });

TEST_P(ConnectionTest, OneServesManyFetchesAndRefusals) {
  // One client, so that all buckets share its connections.
  auto client = HttpClient::Create(context_.get_executor(), Limits(), FaultyCertificate());
  const int before = ConnectionsTo(GetParam());
  for (const char* path : {"/ok/a", "/s404/b", "/ok_chunked/c", "/s403/d", "/ok/e"}) {
    HttpRequest request{.url = FaultyEndpoint(GetParam()) + path};
    const auto answer = RunToEnd(context_, client->Perform(std::move(request), LongEnough()));
    ASSERT_TRUE(answer) << path << answer.error().detail;
    EXPECT_FALSE(answer->sent_twice);
  }
  EXPECT_EQ(ConnectionsTo(GetParam()) - before, 2);  // the report's own is the other
}

TEST_P(ConnectionTest, ThatHasDiedIsReplaced) {
  const auto origin = OriginOf("keep_alive_then_close", GetParam());
  for (int i = 0; i < 3; ++i) {
    const auto fetched = FetchFrom(*origin);
    ASSERT_TRUE(fetched) << fetched.error().detail;
  }
}

TEST_P(ConnectionTest, ThatIsFreshAndDiesIsNotReplaced) {
  ASSERT_FALSE(FetchFrom(*OriginOf("reset_without_answer", GetParam()), "once"));
  EXPECT_EQ(RequestsFor("/reset_without_answer/once", GetParam()), 1);
}

TEST_P(ConnectionTest, IsNotKeptWhereThatIsForbidden) {
  S3Options options = OptionsFor("ok", GetParam());
  options.limits.keep_alive = std::chrono::seconds(0);
  const auto origin = OriginWith(std::move(options));
  const int before = ConnectionsTo(GetParam());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(FetchFrom(*origin));
  EXPECT_EQ(ConnectionsTo(GetParam()) - before, 4);  // the report's own is the fourth
}

TEST_P(ConnectionTest, IsDroppedAfterTheTimeItMayBeIdle) {
  S3Options options = OptionsFor("ok", GetParam());
  options.limits.keep_alive = std::chrono::seconds(1);
  const auto origin = OriginWith(std::move(options));
  ASSERT_TRUE(FetchFrom(*origin));
  constexpr int kPauses = 40;
  int pauses = 0;
  for (bool replaced = false; !replaced && pauses < kPauses; ++pauses) {
    const int before = ConnectionsTo(GetParam());
    std::this_thread::sleep_for(std::chrono::milliseconds(250) * pauses);
    ASSERT_TRUE(FetchFrom(*origin));
    replaced = ConnectionsTo(GetParam()) - before > 1;
  }
  EXPECT_LT(pauses, kPauses);
}

// How a store ends its side: the first two when a request has come, the others between requests.
enum class Ending : std::uint8_t { kHangUp, kResetLate, kClose, kReset, kNotify };

struct EndingNames {
  const char* test;
  const char* mode;
  const char* report;  // empty: the mode does it by itself
};

EndingNames NamesOf(Ending ending) {
  switch (ending) {
    case Ending::kHangUp: return {"HangUp", "first_on_connection_only", ""};
    case Ending::kResetLate: return {"ResetLate", "reset_after_the_first", ""};
    case Ending::kClose: return {"Close", "ok", "end_idle/close"};
    case Ending::kReset: return {"Reset", "ok", "end_idle/reset"};
    case Ending::kNotify: return {"CloseNotify", "ok", "end_idle/notify"};
  }
  return {};
}

class DeadPoolTest : public FaultyOriginTest,
                     public testing::WithParamInterface<std::tuple<Transport, Ending>> {
 protected:
  Transport transport() const { return std::get<Transport>(GetParam()); }
  EndingNames names() const { return NamesOf(std::get<Ending>(GetParam())); }
  void EndKept() {
    const std::string report = names().report;
    if (!report.empty()) Report(report, transport());
  }
};

INSTANTIATE_TEST_SUITE_P(Endings, DeadPoolTest,
                         testing::Combine(testing::Values(Transport::kPlain, Transport::kTls),
                                          testing::Values(Ending::kHangUp, Ending::kResetLate,
                                                          Ending::kClose, Ending::kReset,
                                                          Ending::kNotify)),
                         [](const auto& tested) {
                           return NamesOf(std::get<Ending>(tested.param)).test +
                                  NameOf(std::get<Transport>(tested.param));
                         });

TEST_P(DeadPoolTest, CostsNoRequestItsAnswer) {
  const auto origin = OriginOf(names().mode, transport());
  FillPool(*origin);
  EndKept();
  for (int i = 0; i < 6; ++i) {
    const auto fetched = FetchFrom(*origin, "after");
    ASSERT_TRUE(fetched) << i << ": " << fetched.error().detail;
    EXPECT_EQ(fetched->bytes->size(), kBodyBytes);
  }
}

TEST_P(DeadPoolTest, CostsNoneOfManyRequestsAtOnceItsAnswer) {
  const auto origin = OriginOf(names().mode, transport());
  FillPool(*origin);
  EndKept();
  for (const auto& fetched : FetchSixAtOnce(*origin, "at-once")) {
    ASSERT_TRUE(fetched) << fetched.error().detail;
  }
}

TEST_P(DeadPoolTest, MakesARequestBeSentTwiceAtMost) {
  const auto origin = OriginOf(names().mode, transport());
  FillPool(*origin);
  EndKept();
  std::string key = "twice";
  key.append(names().test);
  ASSERT_TRUE(FetchFrom(*origin, key));
  std::string path = "/";
  path.append(names().mode).append("/").append(key);
  EXPECT_LE(RequestsFor(path, transport()), 2);
}

}  // namespace
}  // namespace thimble
