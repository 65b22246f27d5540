// The HTTP server: wiring, start, drain and stop.
//
//   auto server = Server::Create(executor, settings, origin, pool, observer);
//   auto address = (*server)->Start();
//   ... on SIGTERM:  co_await (*server)->Drain();
//
// Draining: at once /readyz says 503, and every answer is the last one of its connection. After
// `drain_delay` no new connections are accepted and idle ones are closed. Requests under way may
// finish until `drain_timeout` has passed since then; those that still wait are answered 503
// "draining".
//
// Thread-safety: all calls on the executor's one thread. Ownership: the Origin, the WorkerPool and
// the RequestObserver must outlive the server and its executor's coroutines. Errors: kBadSetting,
// kSystem.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "observe/records.h"
#include "origin/origin.h"
#include "settings/settings.h"
#include "worker/pool.h"

namespace thimble {

struct BoundAddress {
  std::string address;
  std::uint16_t port = 0;
};

enum class DrainOutcome : std::uint8_t { kFinished, kTimedOut };

enum class KeptPictures : std::uint8_t { kStay, kForget };

class Server {
 public:
  static Expected<std::unique_ptr<Server>> Create(boost::asio::any_io_executor executor,
                                                  const Settings& settings, Origin& origin,
                                                  WorkerPool& pool, RequestObserver& observer);
  ~Server();  // as Stop
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds and begins to serve.
  Expected<BoundAddress> Start();
  // Takes over all settings that can change while it runs: all but where to listen and the workers.
  // kForget: pictures are made anew, because they or their answers may differ; work under way ends
  // as it began. Errors: kBadSetting; nothing has changed then.
  Status Apply(const Settings& settings, KeptPictures kept);
  // Ends when no connection is left; those that are left after the time-out are closed. Once only.
  boost::asio::awaitable<DrainOutcome> Drain();
  // Closes all connections at once.
  void Stop();

 private:
  struct State;
  explicit Server(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace thimble
