// Requests over HTTP/1.1: GET and HEAD of originals, POST and PUT of a few bytes to services that
// hand out keys. Time and bytes are limited. No proxies from the environment, no redirects, no
// cookies, no decompression, no schemes but http and https; TLS is always verified, and the path is
// sent exactly as given.
//
// A body goes straight into sealed bytes. An announced length over the cap is refused before the
// body is read; a body that ends early, or whose end cannot be told, is never passed on.
//
// A request is sent again only where a kept connection turns out to be dead before the first byte
// of an answer, only once, and then on a new connection: where one kept connection is dead, the
// others mostly are.
//
// Thread-safety: everything on the executor's one thread. Ownership: answers are the caller's.
// Must not outlive the executor's context.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "base/memfd.h"
#include "origin/http_answer.h"
#include "origin/origin.h"

namespace thimble {

class CurlMulti;

enum class HttpMethod : std::uint8_t { kGet, kHead, kPost, kPut };

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  std::string url{};                                           // its path is not touched
  std::vector<std::pair<std::string, std::string>> headers{};  // without CR, LF and NUL
  std::string body{};                                          // of a POST or a PUT
};

struct HttpAnswer {
  AnswerHead head{};
  std::shared_ptr<const SealedBytes> body{};  // of a 200; null for HEAD
  std::string error_text{};  // the first bytes of another status's body, for logs: hostile text
  bool sent_twice = false;   // a kept connection was dead
};

class HttpClient {
 public:
  // `ca_file`: the certificates to trust, in PEM; empty: the system's. Errors: kBadSetting where it
  // cannot be read or holds none; kSystem.
  static Expected<HttpClient> Create(const boost::asio::any_io_executor& executor,
                                     const FetchLimits& limits, std::string ca_file = {});

  // Any whole answer, whatever its status. Errors: kOriginalTooLarge, kOriginFailed,
  // kOriginIncomplete, kOriginUnreachable, kOriginTimeout; kSystem where memory or descriptors run
  // out.
  boost::asio::awaitable<Expected<HttpAnswer>> Perform(HttpRequest request, Deadline deadline);

 private:
  HttpClient(std::shared_ptr<CurlMulti> multi, const FetchLimits& limits, std::string ca_file);

  std::shared_ptr<CurlMulti> multi_;
  FetchLimits limits_;
  std::string ca_file_;
};

}  // namespace thimble
