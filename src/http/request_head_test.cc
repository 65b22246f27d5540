#include "http/request_head.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace thimble {
namespace {

using std::string_literals::operator""s;

constexpr HeadLimits kLimits;

// The whole way of bytes: found, then parsed.
Expected<RequestHead> Read(std::string_view bytes, const HeadLimits& limits = kLimits) {
  HeadScanner scanner(limits);
  THIMBLE_TRY(const std::size_t length, scanner.Scan(bytes));
  if (length == 0) return Fail(ErrorCode::kRequestTimeout, "incomplete");
  RequestHead head;
  if (Status status = ParseRequestHead(bytes.substr(0, length), limits, head); !status) {
    return Forward(status);
  }
  return head;
}

std::string Get(std::string_view fields) {
  return "GET /a HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

TEST(RequestHeadTest, PicksTheFieldsThatAreUsed) {
  const std::string bytes =
      "GET /a%20b?w=1 HTTP/1.1\r\nHost: h:80\r\nAccept: image/webp\r\naccept: */*;q=0.5\r\n"
      "X-REQUEST-ID: r1\r\nIf-None-Match: \"a\"\r\nIf-None-Match: \"b\"\r\n"
      "If-Modified-Since: x\r\nUser-Agent: u\r\n\r\n";
  const auto head = Read(bytes);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->method, Method::kGet);
  EXPECT_EQ(head->method_text, "GET");
  EXPECT_EQ(head->target, "/a%20b?w=1");
  EXPECT_EQ(head->accept, "image/webp, */*;q=0.5");
  EXPECT_EQ(head->request_id, "r1");
  EXPECT_EQ(head->preconditions.if_none_match, "\"a\", \"b\"");
  EXPECT_EQ(head->preconditions.if_modified_since, "x");
  EXPECT_TRUE(head->keep_alive);
  EXPECT_FALSE(head->has_body);
}

TEST(RequestHeadTest, AnObjectUsedAgainForgetsTheRequestBefore) {
  RequestHead head;
  const std::string first = Get("Accept: a\r\nX-Request-ID: r\r\nIf-Match: *\r\n");
  const std::string second = Get("");
  ASSERT_TRUE(ParseRequestHead(first, kLimits, head));
  ASSERT_TRUE(ParseRequestHead(second, kLimits, head));
  EXPECT_EQ(head.accept, "");
  EXPECT_EQ(head.request_id, "");
  EXPECT_FALSE(head.preconditions.any());
}

TEST(RequestHeadTest, KnowsMethods) {
  EXPECT_EQ(Read("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n")->method, Method::kHead);
  EXPECT_EQ(Read("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")->method, Method::kOptions);
  EXPECT_EQ(Read("POST /a HTTP/1.1\r\nHost: h\r\n\r\n")->method, Method::kOther);
  EXPECT_EQ(Read("CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n")->method, Method::kOther);
  EXPECT_EQ(Read("get /a HTTP/1.1\r\nHost: h\r\n\r\n")->method, Method::kOther);
}

TEST(RequestHeadTest, KeepAliveFollowsTheVersion) {
  EXPECT_TRUE(Read("GET /a HTTP/1.1\r\nHost: h\r\n\r\n")->keep_alive);
  EXPECT_FALSE(Read("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")->keep_alive);
  EXPECT_FALSE(Read("GET /a HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n")->keep_alive);
  EXPECT_FALSE(Read("GET /a HTTP/1.0\r\n\r\n")->keep_alive);
  EXPECT_TRUE(Read("GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")->keep_alive);
}

TEST(RequestHeadTest, AbsoluteFormIsReadAsItsPath) {
  EXPECT_EQ(Read("GET http://h/a?w=1 HTTP/1.1\r\nHost: h\r\n\r\n")->target, "/a?w=1");
  EXPECT_EQ(Read("GET HTTPS://h:1/a HTTP/1.1\r\nHost: h\r\n\r\n")->target, "/a");
  EXPECT_EQ(Read("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n")->target, "/");
}

TEST(RequestHeadTest, AnnouncedBodiesAreSeen) {
  EXPECT_FALSE(Read(Get("Content-Length: 0\r\n"))->has_body);
  EXPECT_TRUE(Read(Get("Content-Length: 1\r\n"))->has_body);
  EXPECT_FALSE(Read(Get("Expect: 100-continue\r\n"))->has_body);
}

TEST(RequestHeadTest, MalformedHeadsAreRefused) {
  const std::vector<std::string> heads = {
      // Lines
      "GET /a HTTP/1.1\nHost: h\n\n",
      "GET /a HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
      "\n",
      "GET /a HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n",
      "GET /a HTTP/1.1\r\n Host: h\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n",
      // Request line
      "GET\r\n\r\n",
      "GET /a\r\n\r\n",
      "GET  /a HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /a HTTP/1.1 \r\nHost: h\r\n\r\n",
      "GET /a HTTP/2.0\r\nHost: h\r\n\r\n",
      "GET /a HTTP/0.9\r\nHost: h\r\n\r\n",
      "GET /a http/1.1\r\nHost: h\r\n\r\n",
      "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET a HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET * HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET ftp://h/a HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET http://u@h/a HTTP/1.1\r\nHost: h\r\n\r\n",
      "G(T /a HTTP/1.1\r\nHost: h\r\n\r\n",
      " GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n"s,
      "GET /a\x7f HTTP/1.1\r\nHost: h\r\n\r\n",
      // Fields
      Get("A : b\r\n"),
      Get(": b\r\n"),
      Get("A\r\n"),
      Get("A(: b\r\n"),
      Get("A: b\0c\r\n"s),
      Get("A: b\x01\r\n"),
      // Host
      "GET /a HTTP/1.1\r\n\r\n",
      Get("Host: h\r\n"),
      Get("host: other\r\n"),
      "GET /a HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: a@b\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: a, b\r\n\r\n",
      // Bodies that two readers could frame in two ways
      Get("Transfer-Encoding: chunked\r\n"),
      Get("Transfer-Encoding: xchunked\r\n"),
      Get("Transfer-Encoding: identity\r\n"),
      Get("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"),
      Get("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
      Get("Content-Length: 3\r\nContent-Length: 3\r\n"),
      Get("Content-Length: 0\r\nContent-Length: 3\r\n"),
      Get("Content-Length: 3, 3\r\n"),
      Get("Content-Length: -1\r\n"),
      Get("Content-Length: +1\r\n"),
      Get("Content-Length: 0x1\r\n"),
      Get("Content-Length:\r\n"),
      Get("Content-Length: 99999999999999999999\r\n"),
  };
  for (const std::string& bytes : heads) {
    const auto head = Read(bytes);
    ASSERT_FALSE(head.has_value()) << bytes;
    EXPECT_EQ(head.error().code, ErrorCode::kMalformedRequest) << bytes;
  }
}

TEST(RequestHeadTest, ManyFieldsAreRefusedOneOverTheLimit) {
  std::string fields;
  for (int i = 0; i < 99; ++i) fields += "A: b\r\n";  // and Host
  EXPECT_TRUE(Read(Get(fields)).has_value());
  EXPECT_EQ(Read(Get(fields + "A: b\r\n")).error().code, ErrorCode::kHeadersTooLarge);
}

TEST(RequestHeadTest, TheUriLimitIsExact) {
  const auto with_uri = [](std::size_t bytes) {
    return "GET /" + std::string(bytes - 1, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n";
  };
  EXPECT_TRUE(Read(with_uri(kLimits.max_uri_bytes)).has_value());
  EXPECT_EQ(Read(with_uri(kLimits.max_uri_bytes + 1)).error().code, ErrorCode::kUriTooLong);
  EXPECT_EQ(Read("GET /" + std::string(kLimits.max_head_bytes, 'a')).error().code,
            ErrorCode::kUriTooLong);
}

TEST(RequestHeadTest, TheHeadLimitIsExact) {
  const auto of_size = [](std::size_t bytes) {
    const std::size_t rest = Get("A: \r\n").size();
    return Get("A: " + std::string(bytes - rest, 'b') + "\r\n");
  };
  ASSERT_EQ(of_size(kLimits.max_head_bytes).size(), kLimits.max_head_bytes);
  EXPECT_TRUE(Read(of_size(kLimits.max_head_bytes)).has_value());
  EXPECT_EQ(Read(of_size(kLimits.max_head_bytes + 1)).error().code, ErrorCode::kHeadersTooLarge);
}

TEST(HeadScannerTest, FindsTheEndHoweverTheBytesArrive) {
  const std::string first = Get("A: b\r\n");
  const std::string bytes = first + Get("");
  for (std::size_t step = 1; step < 20; ++step) {
    HeadScanner scanner(kLimits);
    std::size_t length = 0;
    for (std::size_t size = step; length == 0 && size < bytes.size(); size += step) {
      const auto scanned = scanner.Scan(std::string_view(bytes).substr(0, size));
      ASSERT_TRUE(scanned.has_value());
      length = *scanned;
    }
    EXPECT_EQ(length, first.size()) << step;
  }
}

TEST(HeadScannerTest, GivesUpAsSoonAsTheLimitIsReachedWithoutAnEnd) {
  HeadScanner scanner({.max_head_bytes = 64});
  const std::string bytes = "GET /a HTTP/1.1\r\nA: " + std::string(100, 'b');
  EXPECT_EQ(*scanner.Scan(std::string_view(bytes).substr(0, 63)), 0u);
  EXPECT_EQ(scanner.Scan(std::string_view(bytes).substr(0, 64)).error().code,
            ErrorCode::kHeadersTooLarge);
}

TEST(RequestIdInTest, IsFoundInWhatIsNoValidHead) {
  EXPECT_EQ(RequestIdIn("nonsense\r\nx-REQUEST-id:  abc \r\nHost: h\r\n"), "abc");
  EXPECT_EQ(RequestIdIn("GET / HTTP/1.1\nX-Request-ID: abc\n"), "abc");
}

TEST(RequestIdInTest, IsWholeAndOfThisHead) {
  EXPECT_EQ(RequestIdIn("GET / HTTP/1.1\r\nX-Request-ID: ab"), "");  // more may be coming
  EXPECT_EQ(RequestIdIn("GET / HTTP/1.1\r\n\r\nX-Request-ID: abc\r\n"), "");
  EXPECT_EQ(RequestIdIn("GET / HTTP/1.1\r\nX-Request-ID\r\n\r\n"), "");
  EXPECT_EQ(RequestIdIn(""), "");
}

}  // namespace
}  // namespace thimble
