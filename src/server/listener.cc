#include "server/listener.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <string>
#include <utility>

#include "async/spawn.h"

namespace thimble {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kPauseAfterFailure{100};
constexpr std::chrono::seconds kWaitForRoom{1};
constexpr std::chrono::seconds kBetweenIncidents{10};

bool IsFull(const Front& front) {
  return front.connections.size() >= static_cast<std::size_t>(front.http.max_connections);
}

// Returns when somebody wants to come in and there may be room: who idled longest was sent away, or
// it was waited for.
asio::awaitable<void> MakeRoom(std::shared_ptr<tcp::acceptor> acceptor,
                               std::shared_ptr<Front> front) {
  co_await acceptor->async_wait(tcp::acceptor::wait_read, asio::as_tuple(asio::use_awaitable));
  if (!IsFull(*front)) co_return;
  front->connections.AbortLongestIdle();
  const Deadline deadline = Deadline::After(kWaitForRoom);
  co_await front->connections.WaitForRemoval(deadline);
}

// Descriptors or memory ran out: frees what idles and lets a moment pass.
asio::awaitable<void> RecoverFrom(std::string failure, std::shared_ptr<Front> front,
                                  SteadyClock::time_point& next_incident) {
  const auto now = SteadyClock::now();
  if (now >= next_incident) {
    next_incident = now + kBetweenIncidents;
    front->observer.OnIncident("accept: " + failure);
  }
  front->connections.AbortLongestIdle();
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer pause(executor, kPauseAfterFailure);
  co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
}

// True for failures of the one connection that was being accepted: the next is not affected.
bool IsOfOneConnection(error_code error) {
  return error == asio::error::connection_aborted || error == asio::error::connection_reset ||
         error == asio::error::network_down || error == asio::error::network_unreachable ||
         error == asio::error::host_unreachable || error == asio::error::timed_out;
}

asio::awaitable<Status> AcceptOne(std::shared_ptr<tcp::acceptor> acceptor,
                                  std::shared_ptr<Front> front) {
  if (IsFull(*front)) {
    co_await MakeRoom(acceptor, front);
    co_return Status();
  }
  auto [error, socket] = co_await acceptor->async_accept(asio::as_tuple(asio::use_awaitable));
  if (error && !IsOfOneConnection(error)) co_return Fail(ErrorCode::kSystem, error.message());
  if (error) co_return Status();
  socket.set_option(tcp::no_delay(true), error);
  Spawn(acceptor->get_executor(), ServeConnection(std::move(socket), front));
  co_return Status();
}

}  // namespace

Expected<tcp::acceptor> Listen(asio::any_io_executor executor, const HttpSettings& settings) {
  error_code error;
  const auto address = asio::ip::make_address(settings.listen_address, error);
  if (error) return Fail(ErrorCode::kBadSetting, "no IP address: " + settings.listen_address);
  const tcp::endpoint endpoint(address, settings.listen_port);

  tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), error);
  // A restarted server must not wait for its forerunner's connections to be forgotten.
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return Fail(ErrorCode::kSystem, "cannot listen on " + settings.listen_address + ":" +
                                        std::to_string(settings.listen_port) + ": " +
                                        error.message());
  }
  return acceptor;
}

asio::awaitable<void> AcceptConnections(std::shared_ptr<tcp::acceptor> acceptor,
                                        std::shared_ptr<Front> front) {
  SteadyClock::time_point next_incident = SteadyClock::now();
  while (acceptor->is_open()) {
    Status accepted;
    // What throws (out of memory) must not end the accepting of connections.
    try {
      accepted = co_await AcceptOne(acceptor, front);
    } catch (const std::exception& thrown) {
      accepted = Fail(ErrorCode::kInternal, thrown.what());
    }
    if (accepted || !acceptor->is_open()) continue;
    co_await RecoverFrom(accepted.error().detail, front, next_incident);
  }
}

}  // namespace thimble
