// Clients that leave, that only stop sending, and that read slowly.

#include <gtest/gtest.h>

#include <string>

#include "server/server.h"
#include "server/server_test_support.h"

namespace thimble {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kRequest = "GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\n\r\n";

class ServerClientsTest : public testing::Test {
 protected:
  // Sends a request that waits in the pool until its gate is opened.
  void BeginAndWait(RawClient& client, std::string_view request = kRequest) {
    server_.Do([&] { server_.pool.gate.Close(); });
    client.Send(request);
    server_.WaitUntil([&] { return server_.pool.runs == 1; });
  }
  void OpenGate() {
    server_.Do([&] { server_.pool.gate.Open(); });
  }
  RecordingObserver::Seen OnlyRecord() {
    while (server_.observer.seen().empty()) std::this_thread::yield();
    return server_.observer.seen().at(0);
  }
  void ExpectGoneAndGivenBack() {
    const auto seen = OnlyRecord();
    EXPECT_EQ(seen.record.status, 499);
    EXPECT_EQ(seen.record.error, ErrorCode::kClientGone);
    EXPECT_EQ(seen.record.body_bytes, 0u);
    EXPECT_FALSE(seen.record.complete);
    server_.WaitUntil([&] { return server_.pool.given_up == 1; });
    OpenGate();
    RawClient other(server_.port());
    EXPECT_EQ(other.Get("/resize/a.jpg").status, 200);
  }

  ServerForTest server_;
};

TEST_F(ServerClientsTest, WhoHangsUpIsNoticedAndItsWorkGivenUp) {
  {
    RawClient leaver(server_.port());
    BeginAndWait(leaver);
  }
  ExpectGoneAndGivenBack();
}

TEST_F(ServerClientsTest, WhoResetsIsNoticedAndItsWorkGivenUp) {
  RawClient leaver(server_.port());
  BeginAndWait(leaver);
  leaver.Reset();
  ExpectGoneAndGivenBack();
}

TEST_F(ServerClientsTest, WhoResetsBehindItsNextRequestIsNoticedToo) {
  RawClient leaver(server_.port());
  BeginAndWait(leaver, std::string(kRequest) + std::string(kRequest));
  leaver.Reset();
  ExpectGoneAndGivenBack();
}

TEST_F(ServerClientsTest, WhoLeavesTakesNothingFromTheOthers) {
  RawClient stayer(server_.port());
  BeginAndWait(stayer);
  {
    RawClient leaver(server_.port());
    leaver.Send(kRequest);
  }
  EXPECT_EQ(OnlyRecord().record.error, ErrorCode::kClientGone);
  OpenGate();
  EXPECT_EQ(stayer.Read().status, 200);
  EXPECT_EQ(server_.pool.runs, 1);
  EXPECT_EQ(server_.pool.given_up, 0);
}

TEST_F(ServerClientsTest, WhoOnlyStopsSendingIsServed) {
  RawClient client(server_.port());
  BeginAndWait(client);
  client.EndSending();
  EXPECT_EQ(client.Peek(9), "HTTP/1.1 ");  // sent ahead, to see who is still there
  OpenGate();
  const ReceivedResponse response = client.Read();
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.head.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(response.body.starts_with("picture "));
  EXPECT_TRUE(client.AtEnd());
  EXPECT_EQ(OnlyRecord().record.status, 200);
  EXPECT_EQ(server_.pool.given_up, 0);
}

TEST_F(ServerClientsTest, AnAnswerThatHasBegunGoesOnBeyondTheRequestsDeadline) {
  Settings settings;
  settings.http.request_deadline = milliseconds(200);
  settings.http.min_write_rate = 0;
  ServerForTest server(settings);
  server.Do([&] { server.pool.padding = 30u << 20; });  // more than the kernel buffers
  RawClient client(server.port());
  client.Send(kRequest);
  EXPECT_EQ(client.Peek(9), "HTTP/1.1 ");
  std::this_thread::sleep_for(milliseconds(400));  // beyond the deadline and its sweep
  EXPECT_TRUE(server.observer.seen().empty());
  const ReceivedResponse response = client.Read();
  EXPECT_EQ(response.status, 200);
  EXPECT_GT(response.body.size(), 30u << 20);
}

TEST_F(ServerClientsTest, WhoReadsMoreSlowlyThanTheLeastRateIsCutOff) {
  Settings settings;
  settings.http.write_timeout = milliseconds(100);
  settings.http.min_write_rate = std::size_t{1} << 30;
  ServerForTest server(settings);
  server.Do([&] { server.pool.padding = 60u << 20; });
  RawClient client(server.port());
  client.Send(kRequest);
  // Never pauses for long and is too slow all the same.
  for (std::size_t count = 9; server.observer.seen().empty(); count += 16 * 1024) {
    client.Peek(count);
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_FALSE(server.observer.seen().at(0).record.complete);
}

}  // namespace
}  // namespace thimble
