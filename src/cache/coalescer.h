// Same-key work merged: while it is under way, everybody who wants the same joins it.
//
//   Coalescer<Expected<Picture>> variants(executor);
//   auto joined = co_await variants.Join("a.jpg w300", work, deadline);
//
// The work runs detached from whoever started it, so a client that goes away breaks nothing for the
// others. Each caller waits until its own deadline; the outcome, a failure too, is shared once with
// all who wait at that moment and then forgotten. Whether it is worth keeping is for the work to
// say.
//
// Thread-safety: none; all callers run on the executor's one thread. Ownership: keeps the work and
// its frame alive until it is done, even when the Coalescer goes first.
// Errors: kDeadlineExceeded to a caller whose own time ran out; else what the work returns;
// kInternal when the work throws.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/deadline.h"
#include "base/error.h"
#include "cache/wait_list.h"

namespace thimble {

// `Result` is an Expected that is cheap to copy: every waiter gets a copy.
template <class Result>
class Coalescer {
 public:
  using Work = std::function<boost::asio::awaitable<Result>()>;

  struct Joined {
    Result result;
    bool started_here = false;  // this caller's work was run; false: somebody else's answer
  };

  explicit Coalescer(boost::asio::any_io_executor executor)
      : executor_(std::move(executor)), flights_(std::make_shared<Flights>()) {}

  boost::asio::awaitable<Joined> Join(std::string key, Work work, Deadline deadline) {
    if (deadline.passed()) co_return OutOfTime(false);
    const auto [place, is_new] = flights_->try_emplace(key);
    if (is_new) place->second = std::make_shared<Flight>();
    const std::shared_ptr<Flight> flight = place->second;
    if (is_new) {
      boost::asio::co_spawn(executor_, Fly(flights_, std::move(key), flight, std::move(work)),
                            boost::asio::detached);
    }
    if (!flight->landed) co_await flight->waiters.Wait(deadline);
    if (!flight->landed) co_return OutOfTime(is_new);
    co_return Joined{*flight->landed, is_new};
  }

  std::size_t under_way() const { return flights_->size(); }

 private:
  struct Flight {
    std::optional<Result> landed;
    WaitList waiters;
  };
  using Flights = std::unordered_map<std::string, std::shared_ptr<Flight>>;

  static Joined OutOfTime(bool started_here) {
    return {Fail(ErrorCode::kDeadlineExceeded, "waiting for shared work"), started_here};
  }

  static boost::asio::awaitable<void> Fly(std::shared_ptr<Flights> flights, std::string key,
                                          std::shared_ptr<Flight> flight, Work work) {
    // What throws (out of memory) must still end the flight: a dead one would catch every later
    // request for its key.
    try {
      Result result = co_await work();
      flight->landed.emplace(std::move(result));
    } catch (const std::exception& thrown) {
      flight->landed.emplace(Fail(ErrorCode::kInternal, thrown.what()));
    }
    flights->erase(key);
    flight->waiters.WakeAll();
  }

  boost::asio::any_io_executor executor_;
  std::shared_ptr<Flights> flights_;
};

}  // namespace thimble
