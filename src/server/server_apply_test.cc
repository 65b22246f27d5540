#include <gtest/gtest.h>

#include "server/server.h"
#include "server/server_test_support.h"

namespace thimble {
namespace {

Settings WithMaxAge(int seconds) {
  Settings settings;
  settings.answers.max_age = std::chrono::seconds(seconds);
  return settings;
}

TEST(ServerApplyTest, NewSettingsHoldForTheNextRequestOfAnOpenConnection) {
  ServerForTest server(WithMaxAge(1));
  RawClient client(server.port());
  EXPECT_EQ(client.Get("/resize/a.jpg").Field("Cache-Control"),
            "public, max-age=1, s-maxage=31536000");
  ASSERT_TRUE(server.Apply(WithMaxAge(2), KeptPictures::kForget));
  EXPECT_EQ(client.Get("/resize/a.jpg").Field("Cache-Control"),
            "public, max-age=2, s-maxage=31536000");
  EXPECT_EQ(server.pool.runs, 2);
}

TEST(ServerApplyTest, PicturesAreKeptWhereTheyAreTheSame) {
  ServerForTest server;
  RawClient client(server.port());
  EXPECT_EQ(client.Get("/resize/a.jpg").status, 200);
  ASSERT_TRUE(server.Apply({}, KeptPictures::kStay));
  EXPECT_EQ(client.Get("/resize/a.jpg").status, 200);
  EXPECT_EQ(server.pool.runs, 1);
}

TEST(ServerApplyTest, WhatIsUnderWayEndsAsItBegan) {
  ServerForTest server;
  server.Do([&] { server.pool.gate.Close(); });
  RawClient client(server.port());
  client.Send("GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\n\r\n");
  server.WaitUntil([&] { return server.pool.runs == 1; });
  Settings narrow;
  narrow.urls.default_width = 50;
  ASSERT_TRUE(server.Apply(narrow, KeptPictures::kForget));
  server.Do([&] { server.pool.gate.Open(); });
  EXPECT_TRUE(client.Read().body.starts_with("picture w1280_"));
  EXPECT_TRUE(client.Get("/resize/a.jpg").body.starts_with("picture w50_"));
}

TEST(ServerApplyTest, ANewDeadlineBoundsJobsAndFetchesToo) {
  ServerForTest server;
  RawClient client(server.port());
  Settings settings;
  settings.http.request_deadline = std::chrono::milliseconds(2345);
  ASSERT_TRUE(server.Apply(settings, KeptPictures::kStay));
  EXPECT_EQ(client.Get("/resize/a.jpg").status, 200);
  EXPECT_EQ(server.pool.latest_work_limit.load(), std::chrono::milliseconds(2345));
  EXPECT_LE(server.origin.latest_remaining.load(), std::chrono::milliseconds(2345));
}

TEST(ServerApplyTest, WrongSettingsChangeNothing) {
  ServerForTest server(WithMaxAge(1));
  Settings wrong = WithMaxAge(2);
  wrong.answers.allow_origin = "*\r\nforged: 1";
  EXPECT_FALSE(server.Apply(wrong, KeptPictures::kForget));
  RawClient client(server.port());
  EXPECT_EQ(client.Get("/resize/a.jpg").Field("Cache-Control"),
            "public, max-age=1, s-maxage=31536000");
}

}  // namespace
}  // namespace thimble
