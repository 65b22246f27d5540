#include "origin/http_client.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include "origin/certificates.h"
#include "origin/curl_multi.h"
#include "origin/http_exchange.h"

namespace thimble {
namespace {

constexpr long kMaxIdleConnections = 64;

}  // namespace

HttpClient::HttpClient(std::shared_ptr<CurlMulti> multi, const FetchLimits& limits,
                       std::string ca_file)
    : multi_(std::move(multi)), limits_(limits), ca_file_(std::move(ca_file)) {}

Expected<HttpClient> HttpClient::Create(const boost::asio::any_io_executor& executor,
                                        const FetchLimits& limits, std::string ca_file) {
  if (Status holds = CheckCertificates(ca_file); !holds) return Forward(holds);
  THIMBLE_TRY(std::shared_ptr<CurlMulti> multi, CurlMulti::Create(executor, kMaxIdleConnections));
  return HttpClient(std::move(multi), limits, std::move(ca_file));
}

boost::asio::awaitable<Expected<HttpAnswer>> HttpClient::Perform(HttpRequest request,
                                                                 Deadline deadline) {
  if (deadline.passed()) {
    co_return Fail(ErrorCode::kOriginTimeout, "the deadline had passed before the request");
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  HttpExchange exchange(executor, multi_, limits_, deadline);
  if (Status started = exchange.Start(request, ca_file_); !started) co_return Forward(started);
  while (!exchange.FinishedBy(SteadyClock::now())) {
    boost::system::error_code woken;  // either way the loop's condition says what has happened
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, woken);
    co_await exchange.alarm().async_wait(token);
    const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != boost::asio::cancellation_type::none) {
      co_return Fail(ErrorCode::kOriginTimeout, "nobody waits for the answer any more");
    }
  }
  co_return exchange.TakeAnswer();
}

}  // namespace thimble
