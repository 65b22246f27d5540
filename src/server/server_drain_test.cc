#include <gtest/gtest.h>

#include "server/server.h"
#include "server/server_test_support.h"

namespace thimble {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

bool CanConnect(std::uint16_t port) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket socket(context);
  boost::system::error_code error;
  socket.connect({boost::asio::ip::address_v4::loopback(), port}, error);
  return !error;
}

TEST(ServerDrainTest, WithNothingUnderWayItEndsAtOnce) {
  ServerForTest server;
  EXPECT_EQ(server.Drain().get(), DrainOutcome::kFinished);
  EXPECT_FALSE(CanConnect(server.port()));
}

TEST(ServerDrainTest, IdleConnectionsEnd) {
  ServerForTest server;
  RawClient client(server.port());
  EXPECT_EQ(client.Get("/livez").status, 200);
  EXPECT_EQ(server.Drain().get(), DrainOutcome::kFinished);
  EXPECT_TRUE(client.AtEnd());
}

TEST(ServerDrainTest, WhatIsUnderWayIsAnsweredAndItsConnectionClosed) {
  ServerForTest server;
  server.Do([&] { server.pool.gate.Close(); });
  RawClient client(server.port());
  client.Send("GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\n\r\n");
  server.WaitUntil([&] { return server.pool.runs == 1; });
  auto drained = server.Drain();
  while (CanConnect(server.port())) std::this_thread::yield();
  server.Do([&] { server.pool.gate.Open(); });
  const ReceivedResponse response = client.Read();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Field("Connection"), "close");
  EXPECT_TRUE(client.AtEnd());
  EXPECT_EQ(drained.get(), DrainOutcome::kFinished);
}

TEST(ServerDrainTest, DuringTheDelayAllIsServedButReadinessIsGone) {
  Settings settings;
  settings.http.drain_delay = hours(1);
  ServerForTest server(settings);
  auto drained = server.Drain();
  RawClient readiness(server.port());
  const ReceivedResponse not_ready = readiness.Get("/readyz");
  EXPECT_EQ(not_ready.Field("X-Error"), "draining");
  EXPECT_EQ(not_ready.status, 503);
  EXPECT_EQ(not_ready.Field("Connection"), "close");
  RawClient client(server.port());
  EXPECT_EQ(client.Get("/resize/a.jpg").status, 200);
}

TEST(ServerDrainTest, AtTheTimeOutWhoStillWaitsIsToldWhy) {
  Settings settings;
  settings.http.drain_timeout = milliseconds(1);
  ServerForTest server(settings);
  server.Do([&] { server.pool.gate.Close(); });
  RawClient client(server.port());
  client.Send("GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\n\r\n");
  server.WaitUntil([&] { return server.pool.runs == 1; });
  EXPECT_EQ(server.Drain().get(), DrainOutcome::kTimedOut);
  const ReceivedResponse refused = client.Read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.Field("X-Error"), "draining");
  EXPECT_NE(refused.Field("Retry-After"), "(absent)");
  EXPECT_EQ(refused.Field("Connection"), "close");
  EXPECT_TRUE(client.AtEnd());
  EXPECT_EQ(server.Do([&] { return server.pool.given_up.load(); }), 1);
}

TEST(ServerDrainTest, AtTheTimeOutAnAnswerThatNobodyReadsIsCutOff) {
  Settings settings;
  settings.http.drain_timeout = milliseconds(1);
  ServerForTest server(settings);
  server.Do([&] { server.pool.padding = 30u << 20; });  // more than the kernel buffers
  RawClient client(server.port());
  client.Send("GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.Peek(9), "HTTP/1.1 ");
  EXPECT_EQ(server.Drain().get(), DrainOutcome::kTimedOut);
  EXPECT_EQ(client.Read().status, 0);
}

}  // namespace
}  // namespace thimble
