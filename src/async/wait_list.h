// Coroutines that wait for one thing to happen, each no longer than its own deadline.
//
// Woken in the order they came. A waiter that was woken is no longer on the list, so `WakeOne` may
// hand something over: exactly one waiter returns true for it.
//
// Thread-safety: none; all waiters run on one thread. Ownership: must outlive its waiters; keep it
// in what their frames share.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <list>

#include "base/deadline.h"

namespace thimble {

class WaitList {
 public:
  WaitList() = default;
  ~WaitList() = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  // True: woken. False: the deadline passed first, or the waiting coroutine was cancelled.
  boost::asio::awaitable<bool> Wait(Deadline deadline);
  void WakeOne();
  void WakeAll();
  std::size_t size() const { return waiters_.size(); }
  bool empty() const { return waiters_.empty(); }

 private:
  struct Waiter;
  std::list<Waiter*> waiters_;
};

}  // namespace thimble
