#include "server/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>
#include <vector>

#include "server/server_test_support.h"

// UBSan's check of a virtual call opens a pipe to see whether the object's memory is readable.
#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
#define THIMBLE_NEEDS_DESCRIPTORS 1
#endif
#endif

namespace thimble {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

TEST(ServerTest, AnswersManyRequestsOnOneConnection) {
  ServerForTest server;
  RawClient client(server.port());
  for (int i = 0; i < 20; ++i) {
    const ReceivedResponse response = client.Get("/resize/a.jpg?size=300");
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, HasSubstr("picture "));
    EXPECT_EQ(response.Field("Connection"), "(absent)");
  }
  EXPECT_EQ(server.pool.runs, 1);
}

TEST(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  ServerForTest server;
  RawClient client(server.port());
  std::string requests;
  for (int size = 1; size <= 30; ++size) {
    requests += "GET /resize/a.jpg?size=" + std::to_string(size) +
                " HTTP/1.1\r\nHost: h\r\nX-Request-ID: " + std::to_string(size) + "\r\n\r\n";
  }
  client.Send(requests);
  for (int size = 1; size <= 30; ++size) {
    const ReceivedResponse response = client.Read();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.Field("X-Request-ID"), std::to_string(size));
  }
}

TEST(ServerTest, APictureThatTheSocketDoesNotTakeAtOnceArrivesWhole) {
  ServerForTest server;
  server.Do([&] { server.pool.padding = 12u << 20; });  // more than the kernel buffers
  RawClient client(server.port());
  for (int i = 0; i < 2; ++i) {  // made, then from the cache
    const ReceivedResponse response = client.Get("/resize/a.jpg?size=300");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body.size(), std::stoul(response.Field("Content-Length")));
    EXPECT_TRUE(response.body.starts_with("picture w300_"));
    EXPECT_EQ(response.body.find_first_not_of('.', response.body.size() - server.pool.padding),
              std::string::npos);
  }
  EXPECT_EQ(client.Get("/livez").body, "ok\n");
  for (const auto& seen : server.observer.seen()) EXPECT_TRUE(seen.record.complete);
}

TEST(ServerTest, LargePicturesArriveWholeToAClientThatDoesNotAwaitThem) {
  ServerForTest server;
  server.Do([&] { server.pool.padding = 3u << 20; });
  RawClient client(server.port());
  for (int i = 0; i < 4; ++i) client.Send("GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\n\r\n");
  client.Send("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string first = client.Read().body;
  EXPECT_GT(first.size(), server.pool.padding);
  for (int i = 1; i < 4; ++i) EXPECT_EQ(client.Read().body, first);
  EXPECT_EQ(client.Read().body, "ok\n");
}

TEST(ServerTest, RequestsMayArriveInSmallPieces) {
  ServerForTest server;
  RawClient client(server.port());
  const std::string request = "\r\nGET /resize/a.jpg HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const char byte : request) client.Send({&byte, 1});
  EXPECT_EQ(client.Read().status, 200);
}

TEST(ServerTest, HeadEqualsGetWithoutTheBody) {
  ServerForTest server;
  RawClient client(server.port());
  client.Get("/resize/a.jpg");  // the next two are hits
  const ReceivedResponse get = client.Get("/resize/a.jpg", "X-Request-ID: r\r\n");
  client.Send("HEAD /resize/a.jpg HTTP/1.1\r\nHost: h\r\nX-Request-ID: r\r\n\r\n");
  const ReceivedResponse head = client.Read(false);
  const auto without_date = [](std::string text) {
    const std::size_t date = text.find("Date: ");
    return text.erase(date, text.find("\r\n", date) - date);
  };
  EXPECT_EQ(without_date(head.head), without_date(get.head));
  EXPECT_EQ(head.Field("Content-Length"), std::to_string(get.body.size()));
  EXPECT_EQ(client.Get("/livez").body, "ok\n");  // and nothing of a body was in between
}

TEST(ServerTest, HeadOfAnErrorHasNoBodyEither) {
  ServerForTest server;
  RawClient client(server.port());
  client.Send("HEAD /resize/nothing.jpg HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.Read(false).status, 404);
  EXPECT_EQ(client.Get("/livez").body, "ok\n");
}

TEST(ServerTest, AMatchingEntityTagIs304) {
  ServerForTest server;
  RawClient client(server.port());
  const std::string tag = client.Get("/resize/a.jpg").Field("ETag");
  client.Send("GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"x\", W/" + tag +
              "\r\n\r\n");
  const ReceivedResponse unchanged = client.Read(false);
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_EQ(unchanged.Field("ETag"), tag);
  EXPECT_EQ(unchanged.Field("Content-Length"), "(absent)");
  EXPECT_EQ(client.Get("/livez").body, "ok\n");
}

TEST(ServerTest, RangesAreIgnored) {
  ServerForTest server;
  RawClient client(server.port());
  const ReceivedResponse whole = client.Get("/resize/a.jpg", "Range: bytes=0-1\r\n");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.Field("Accept-Ranges"), "none");
  EXPECT_GT(whole.body.size(), 2u);
}

TEST(ServerTest, OtherMethodsAre405AndMayBeFollowedByMore) {
  ServerForTest server;
  RawClient client(server.port());
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"}) {
    client.Send(std::string(method) + " /resize/a.jpg HTTP/1.1\r\nHost: h\r\n\r\n");
    const ReceivedResponse response = client.Read();
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.Field("Allow"), "GET, HEAD, OPTIONS");
  }
  client.Send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.Read(false).status, 204);
  EXPECT_EQ(client.Get("/livez").status, 200);
}

TEST(ServerTest, AfterABodyNothingIsRead) {
  ServerForTest server;
  for (const char* method : {"GET", "POST"}) {
    RawClient client(server.port());
    client.Send(std::string(method) +
                " /resize/a.jpg HTTP/1.1\r\nHost: h\r\nContent-Length: 36\r\n\r\n"
                "GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\n");
    const ReceivedResponse response = client.Read();
    EXPECT_EQ(response.status, std::string_view(method) == "GET" ? 400 : 405);
    EXPECT_EQ(response.Field("Connection"), "close");
    client.EndSending();
    EXPECT_TRUE(client.AtEnd());
  }
  EXPECT_EQ(server.origin.fetches, 0);
}

TEST(ServerTest, AMalformedRequestIs400AndTheLast) {
  ServerForTest server;
  const std::vector<std::string> requests = {
      "GET /resize/a.jpg\r\n\r\n",
      "GET /resize/a.jpg HTTP/1.1\nHost: h\n\n",
      "GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
      "GET /resize/a.jpg HTTP/1.1\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      "GET /resize/a.jpg HTTP/1.1\r\nHost : h\r\n\r\n",
      "\x16\x03\x01\x02\n\r\n\r\n",
  };
  for (const std::string& request : requests) {
    RawClient client(server.port());
    client.Send(request + "GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\n\r\n");
    const ReceivedResponse response = client.Read();
    EXPECT_EQ(response.status, 400) << request;
    EXPECT_EQ(response.Field("X-Error"), "malformed_request");
    EXPECT_EQ(response.Field("Connection"), "close");
    client.EndSending();
    EXPECT_TRUE(client.AtEnd()) << request;
  }
  EXPECT_EQ(server.origin.fetches, 0);
}

TEST(ServerTest, LongUrlsAndHeadsHaveTheirOwnAnswers) {
  ServerForTest server;
  RawClient uri(server.port());
  EXPECT_EQ(uri.Get("/" + std::string(8 * 1024, 'a')).Field("X-Error"), "uri_too_long");
  RawClient endless_uri(server.port());
  endless_uri.Send("GET /" + std::string(20 * 1024, 'a'));
  EXPECT_EQ(endless_uri.Read().status, 414);
  RawClient head(server.port());
  EXPECT_EQ(head.Get("/livez", "A: " + std::string(16 * 1024, 'a') + "\r\n").status, 431);
}

TEST(ServerTest, ARefusedHeadKeepsItsRequestIdWhereThatWasRead) {
  ServerForTest server;
  for (const std::string& request :
       {std::string("GET /a b HTTP/1.1\r\nHost: h\r\nX-Request-ID: mine-2\r\n\r\n"),
        std::string("GET /a HTTP/1.1\r\nX-Request-ID: mine-2\r\nBad Field: x\r\n\r\n"),
        "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: h\r\nX-Request-ID: mine-2\r\n\r\n",
        "GET /a HTTP/1.1\r\nX-Request-ID: mine-2\r\nA: " + std::string(17'000, 'a') + "\r\n\r\n"}) {
    RawClient client(server.port());
    client.Send(request);
    const ReceivedResponse response = client.Read();
    EXPECT_GE(response.status, 400);
    EXPECT_EQ(response.Field("X-Request-ID"), "mine-2") << request.substr(0, 80);
  }
  RawClient client(server.port());
  client.Send("GET /a b HTTP/1.1\r\nX-Request-ID: no<id>\r\n\r\n");
  EXPECT_EQ(client.Read().Field("X-Request-ID").size(), 16U);
}

TEST(ServerTest, TheRootSaysHowToAskForAPicture) {
  ServerForTest server;
  RawClient client(server.port());
  for (const char* target : {"/", "/?utm_source=x"}) {
    const ReceivedResponse response = client.Get(target);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.Field("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_THAT(response.body, HasSubstr("/resize/KEY?width=300"));
    EXPECT_THAT(response.body, HasSubstr("contain, cover or fill"));
  }
}

TEST(ServerTest, Http10IsAnsweredAndClosedUnlessItAsksToBeKept) {
  ServerForTest server;
  RawClient once(server.port());
  once.Send("GET /livez HTTP/1.0\r\n\r\n");
  EXPECT_EQ(once.Read().Field("Connection"), "close");
  EXPECT_TRUE(once.AtEnd());
  RawClient kept(server.port());
  for (int i = 0; i < 2; ++i) {
    kept.Send("GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(kept.Read().Field("Connection"), "keep-alive");
  }
}

TEST(ServerTest, ConnectionCloseIsHonoured) {
  ServerForTest server;
  RawClient client(server.port());
  EXPECT_EQ(client.Get("/livez", "Connection: close\r\n").Field("Connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

TEST(ServerTest, AnExpectationIsMetByTheFinalAnswer) {
  ServerForTest server;
  RawClient client(server.port());
  EXPECT_EQ(client.Get("/livez", "Expect: 100-continue\r\n").status, 200);
}

TEST(ServerTest, ErrorsTellTheirRequestIdAndNotTheUrl) {
  ServerForTest server;
  RawClient client(server.port());
  const ReceivedResponse response =
      client.Get("/resize/canary.jpg", "X-Request-ID: mine-1\r\nAccept: application/json\r\n");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.Field("X-Request-ID"), "mine-1");
  EXPECT_THAT(response.body, HasSubstr("\"request_id\":\"mine-1\""));
  EXPECT_THAT(response.body, Not(HasSubstr("canary")));
}

TEST(ServerTest, UnlikelyHeadersChangeNothing) {
  ServerForTest server;
  RawClient client(server.port());
  const std::string body = client.Get("/resize/a.jpg").body;
  for (const char* field :
       {"X-Forwarded-Host: evil", "X-Original-URL: /resize/b.jpg", "X-Rewrite-URL: /b",
        "X-HTTP-Method-Override: DELETE", "Accept-Encoding: gzip", "Upgrade: h2c",
        "Range: bytes=0-0", "Cookie: a=b", "Authorization: Basic x", "Accept: image/webp"}) {
    const ReceivedResponse response = client.Get("/resize/a.jpg", std::string(field) + "\r\n");
    EXPECT_EQ(response.status, 200) << field;
    EXPECT_EQ(response.body, body) << field;
  }
}

TEST(ServerTest, ReadinessFollowsTheWorkersAndTheQueue) {
  ServerForTest server;
  RawClient client(server.port());
  EXPECT_EQ(client.Get("/readyz").status, 200);
  server.Do([&] { server.pool.pool_stats.workers_alive = 0; });
  const ReceivedResponse not_ready = client.Get("/readyz");
  EXPECT_EQ(not_ready.status, 503);
  EXPECT_EQ(not_ready.Field("X-Error"), "overloaded");
  EXPECT_NE(not_ready.Field("Retry-After"), "(absent)");
  EXPECT_EQ(client.Get("/livez").status, 200);
  server.Do([&] { server.pool.pool_stats = {.workers_alive = 1, .jobs_queued = 922}; });
  EXPECT_EQ(client.Get("/readyz").status, 503);  // of 1,024
  server.Do([&] { server.pool.pool_stats.jobs_queued = 921; });
  EXPECT_EQ(client.Get("/readyz").status, 200);
}

TEST(ServerTest, MetricsAreTheObservers) {
  ServerForTest server;
  RawClient client(server.port());
  const ReceivedResponse response = client.Get("/metrics");
  EXPECT_EQ(response.body, "connections 1\n");
  EXPECT_EQ(response.Field("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(response.Field("Cache-Control"), "no-store");
}

TEST(ServerTest, EveryRequestIsRecorded) {
  ServerForTest server;
  RawClient client(server.port());
  client.Get("/resize/a.jpg?size=300", "X-Request-ID: one\r\n");
  client.Get("/resize/a.jpg?size=0");
  client.Send("nonsense\r\n\r\n");
  EXPECT_EQ(client.Read().status, 400);
  client.EndSending();
  EXPECT_TRUE(client.AtEnd());
  const auto seen = server.observer.seen();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].method, "GET");
  EXPECT_EQ(seen[0].path, "/resize/a.jpg");
  EXPECT_EQ(seen[0].request_id, "one");
  EXPECT_THAT(seen[0].variant, HasSubstr("300"));
  EXPECT_EQ(seen[0].record.status, 200);
  EXPECT_EQ(seen[0].record.cache, CacheState::kMiss);
  EXPECT_EQ(seen[0].record.format, ImageFormat::kJpeg);
  EXPECT_GT(seen[0].record.body_bytes, 0u);
  EXPECT_TRUE(seen[0].record.complete);
  EXPECT_EQ(seen[1].record.error, ErrorCode::kBadParameter);
  EXPECT_EQ(seen[2].method, "-");
  EXPECT_EQ(seen[2].record.error, ErrorCode::kMalformedRequest);
}

TEST(ServerTest, AHeadThatDoesNotEndIsTimedOut) {
  Settings settings;
  settings.http.header_timeout = milliseconds(1);
  ServerForTest server(settings);
  RawClient client(server.port());
  client.Send("GET /livez HTTP/1.1\r\nHost");
  EXPECT_EQ(client.Read().Field("X-Error"), "request_timeout");
  client.EndSending();
  EXPECT_TRUE(client.AtEnd());
}

TEST(ServerTest, AnIdleConnectionIsClosedWithoutAWord) {
  Settings settings;
  settings.http.keep_alive = milliseconds(1);
  ServerForTest server(settings);
  RawClient client(server.port());
  EXPECT_TRUE(client.AtEnd());
  EXPECT_TRUE(server.observer.seen().empty());
}

TEST(ServerTest, ARequestIsAnsweredAtItsDeadline) {
  Settings settings;
  settings.http.request_deadline = milliseconds(50);
  ServerForTest server(settings);
  server.Do([&] { server.pool.gate.Close(); });
  RawClient client(server.port());
  EXPECT_EQ(client.Get("/resize/a.jpg").Field("X-Error"), "image_too_costly");
  EXPECT_EQ(client.Get("/livez").status, 200);
}

TEST(ServerTest, AClientThatDoesNotReadIsCutOff) {
  Settings settings;
  settings.http.write_timeout = milliseconds(50);
  ServerForTest server(settings);
  server.Do([&] { server.pool.padding = 30u << 20; });  // more than the kernel buffers
  RawClient client(server.port());
  client.Send("GET /resize/a.jpg HTTP/1.1\r\nHost: h\r\n\r\n");
  while (server.observer.seen().empty()) std::this_thread::yield();
  EXPECT_FALSE(server.observer.seen()[0].record.complete);
}

TEST(ServerTest, WhenAllPlacesAreTakenTheLongestIdleMakesRoom) {
  Settings settings;
  settings.http.max_connections = 2;
  ServerForTest server(settings);
  RawClient oldest(server.port());
  EXPECT_EQ(oldest.Get("/livez").status, 200);
  RawClient second(server.port());
  EXPECT_EQ(second.Get("/livez").status, 200);
  RawClient third(server.port());
  EXPECT_EQ(third.Get("/livez").status, 200);
  EXPECT_TRUE(oldest.AtEnd());
  EXPECT_EQ(second.Get("/livez").status, 200);
}

TEST(ServerTest, RunningOutOfDescriptorsIsSurvived) {
#if defined(THIMBLE_NEEDS_DESCRIPTORS)
  GTEST_SKIP() << "UBSan itself needs descriptors";
#endif
  ServerForTest server;
  RawClient first(server.port());
  EXPECT_EQ(first.Get("/livez").status, 200);

  // The next descriptor that is opened, this client's own, is the last.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next_free = ::dup(0);
  ASSERT_GE(next_free, 0);
  ::close(next_free);
  RawClient waiting(server.port());
  EXPECT_EQ(waiting.Get("/livez").status, 200);
  RawClient refused(server.port());
  const rlimit none_left{.rlim_cur = static_cast<rlim_t>(next_free), .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
  EXPECT_EQ(waiting.Get("/livez").status, 200);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(refused.Get("/livez").status, 200);
}

TEST(ServerCreateTest, AWrongAddressIsAnError) {
  boost::asio::io_context context;
  FakeOrigin origin;
  FakePool pool;
  RecordingObserver observer;
  Settings settings;
  settings.http.listen_address = "somewhere";
  auto server = *Server::Create(context.get_executor(), settings, origin, pool, observer);
  EXPECT_EQ(server->Start().error().code, ErrorCode::kBadSetting);
}

TEST(ServerCreateTest, ATakenPortIsAnError) {
  ServerForTest taken;
  boost::asio::io_context context;
  FakeOrigin origin;
  FakePool pool;
  RecordingObserver observer;
  Settings settings;
  settings.http.listen_port = taken.port();
  auto server = *Server::Create(context.get_executor(), settings, origin, pool, observer);
  EXPECT_EQ(server->Start().error().code, ErrorCode::kSystem);
}

TEST(ServerCreateTest, AnAllowedOriginThatWouldBreakAHeaderIsAnError) {
  boost::asio::io_context context;
  FakeOrigin origin;
  FakePool pool;
  RecordingObserver observer;
  Settings settings;
  settings.answers.allow_origin = "*\r\nX: y";
  const auto server = Server::Create(context.get_executor(), settings, origin, pool, observer);
  EXPECT_EQ(server.error().code, ErrorCode::kBadSetting);
}

}  // namespace
}  // namespace thimble
