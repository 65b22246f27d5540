// Whether the coroutine that asks has been cancelled:
//
//   if (IsCancelled(co_await boost::asio::this_coro::cancellation_state)) co_return ...;
//
// A cancellation ends only the wait it meets; work in several steps looks between them.
#pragma once

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

namespace thimble {

inline bool IsCancelled(const boost::asio::cancellation_state& state) {
  return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace thimble
