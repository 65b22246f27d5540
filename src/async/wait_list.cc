#include "async/wait_list.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace thimble {

namespace asio = boost::asio;

// Lives in the waiting coroutine's frame and leaves the list with it, also when the frame is
// destroyed without ever being resumed.
struct WaitList::Waiter {
  Waiter(WaitList& wait_list, asio::steady_timer wake_up)
      : list(wait_list), alarm(std::move(wake_up)) {
    place = list.waiters_.insert(list.waiters_.end(), this);
  }
  ~Waiter() {
    if (!woken) list.waiters_.erase(place);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  WaitList& list;
  asio::steady_timer alarm;
  std::list<Waiter*>::iterator place;
  bool woken = false;
};

asio::awaitable<bool> WaitList::Wait(Deadline deadline) {
  auto executor = co_await asio::this_coro::executor;
  Waiter waiter(*this, asio::steady_timer(executor, deadline.moment()));
  co_await waiter.alarm.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return waiter.woken;
}

void WaitList::WakeOne() {
  if (waiters_.empty()) return;
  Waiter* const first = waiters_.front();
  waiters_.pop_front();
  first->woken = true;
  first->alarm.cancel();
}

void WaitList::WakeAll() {
  while (!waiters_.empty()) WakeOne();
}

}  // namespace thimble
