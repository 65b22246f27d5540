// Merges equal work: while it is under way, every caller who wants the same key joins it.
//
//   Coalescer<Expected<Picture>> variants(executor);
//   auto joined = co_await variants.Join("a.jpg w300", work, deadline);
//
// Such work is a flight. It runs detached from whoever started it and lives as long as its latest
// waiter: each caller waits until its own deadline or until it is cancelled, and when nobody has
// time left the work is cancelled (terminally, as a coroutine). Work in several steps checks
// between them whether it was cancelled (async/cancelled.h). Callers whose time has just run out
// wait a moment longer for the error of the cancelled work, so that they learn why it was late. The
// outcome, a failure too, is shared once with all who wait at that moment and then forgotten. If it
// is worth keeping, the work itself has to keep it.
//
// Thread-safety: none; all callers run on the executor's one thread. Ownership: keeps the work and
// its frame alive until it is done, even when the Coalescer goes first.
// Errors: kDeadlineExceeded to a caller whose own time ran out or who was cancelled; else what the
// work returns; kInternal when the work throws. Throws only where no memory is left to start.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "async/cancelled.h"
#include "async/spawn.h"
#include "async/wait_list.h"
#include "base/deadline.h"
#include "base/error.h"

namespace thimble {

// How much longer those listen whose time has run out: cancelled work says at once why it was late.
inline constexpr std::chrono::milliseconds kTimeToHearTheReason{100};

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
    // A cancelled caller is told by a value, and may still wait for the reason.
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    const auto [flight, is_new] = Board(key, std::move(work));
    ++flight->wanted_by;
    if (!flight->landed) co_await flight->waiters.Wait(deadline);
    if (!flight->landed) {
      if (--flight->wanted_by == 0) Abandon(*flights_, key, flight);
      const bool cancelled = IsCancelled(co_await boost::asio::this_coro::cancellation_state);
      const Deadline last_moment = Deadline::After(kTimeToHearTheReason);
      if (!cancelled || flight->wanted_by == 0) co_await flight->waiters.Wait(last_moment);
    }
    if (!flight->landed) co_return OutOfTime(is_new);
    co_return Joined{*flight->landed, is_new};
  }

  std::size_t under_way() const { return flights_->size(); }
  bool IsUnderWay(const std::string& key) const { return flights_->contains(key); }

 private:
  struct Flight {
    std::optional<Result> landed;
    WaitList waiters;
    int wanted_by = 0;  // callers who have time left
    boost::asio::cancellation_signal cancel;
  };
  using Flights = std::unordered_map<std::string, std::shared_ptr<Flight>>;

  static Joined OutOfTime(bool started_here) {
    return {Fail(ErrorCode::kDeadlineExceeded, "waiting for shared work"), started_here};
  }

  // The flight for `key`, and whether it was started for this caller.
  std::pair<std::shared_ptr<Flight>, bool> Board(const std::string& key, Work work) {
    const auto [place, is_new] = flights_->try_emplace(key);
    if (!is_new) return {place->second, false};
    // A flight that never starts would catch every later request for its key.
    try {
      const auto flight = std::make_shared<Flight>();
      place->second = flight;
      // The handler keeps the signal: a coroutine looks at its slot until the handler is called.
      Spawn(
          executor_, Fly(flights_, key, flight, std::move(work)),
          [flight](const std::exception_ptr&) {}, flight->cancel.slot());
      return {flight, true};
    } catch (...) {
      flights_->erase(key);
      throw;
    }
  }

  static boost::asio::awaitable<void> Fly(std::shared_ptr<Flights> flights, std::string key,
                                          std::shared_ptr<Flight> flight, Work work) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    // What throws (out of memory) must end the flight as well.
    try {
      Result result = co_await work();
      flight->landed.emplace(std::move(result));
    } catch (const std::exception& thrown) {
      flight->landed.emplace(Fail(ErrorCode::kInternal, thrown.what()));
    }
    Forget(*flights, key, flight);
    flight->waiters.WakeAll();
  }

  // Nobody waits any more. Who comes now starts anew, since cancelled work gives no result.
  static void Abandon(Flights& flights, const std::string& key,
                      const std::shared_ptr<Flight>& flight) {
    Forget(flights, key, flight);
    flight->cancel.emit(boost::asio::cancellation_type::terminal);
  }

  static void Forget(Flights& flights, const std::string& key,
                     const std::shared_ptr<Flight>& flight) {
    const auto found = flights.find(key);
    if (found != flights.end() && found->second == flight) flights.erase(found);
  }

  boost::asio::any_io_executor executor_;
  std::shared_ptr<Flights> flights_;
};

}  // namespace thimble
