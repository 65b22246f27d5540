// All open connections, and the moment at which each has to be looked at.
//
// One sweep compares the due times of all connections with the clock, again and again. So a request
// only stores a number and needs no kernel timer of its own; the price is that a connection is
// ended up to one interval of the sweep late.
//
// Thread-safety: none; one thread. Ownership: knows the connections, owns none; each removes
// itself.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>

#include "async/wait_list.h"
#include "base/deadline.h"

namespace thimble {

// What the registry needs to know of one connection, which owns this and keeps it true.
struct Connected {
  enum class Phase : std::uint8_t { kIdle, kBusy };  // kIdle: between requests, nothing received

  // Ends what is under way on the socket; the connection's coroutine then notices and ends.
  std::function<void()> abort;
  // Its time is up: ends it, or gives it more.
  std::function<void()> on_due;
  // Has a request whose answer is still being made answered by "draining" instead.
  std::function<void()> refuse;
  Phase phase = Phase::kIdle;
  SteadyClock::time_point since = SteadyClock::now();            // of `phase`
  SteadyClock::time_point due = SteadyClock::time_point::max();  // of `on_due`
};

class ConnectionRegistry {
 public:
  using Place = std::list<Connected*>::iterator;

  Place Add(Connected& connection);
  void Remove(Place place);

  void TellOverdue(SteadyClock::time_point now);
  void AbortIdle();
  void AbortAll();
  void RefuseAll();
  // Makes room when no more may connect. False: every connection is busy.
  bool AbortLongestIdle();

  // True when a connection went before the deadline.
  boost::asio::awaitable<bool> WaitForRemoval(Deadline deadline) {
    return removals_.Wait(deadline);
  }

  std::size_t size() const { return connections_.size(); }

 private:
  std::list<Connected*> connections_;
  WaitList removals_;
};

}  // namespace thimble
