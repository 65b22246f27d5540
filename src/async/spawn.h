// Runs a coroutine that nobody awaits. What co_spawn needs is instantiated in spawn.cc, once: in
// each file that called it, it took seconds to compile.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <functional>

namespace thimble {

// What is told when the coroutine has ended: null, or what it threw.
using Ended = std::function<void(std::exception_ptr)>;

// `work` begins on the executor, not within the call. A signal of `slot` cancels it; the signal has
// to live until `ended` has been called, which is also destroyed then. Without `ended` an exception
// is dropped. Throws only where no memory is left to start.
void Spawn(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> work,
           Ended ended = {}, boost::asio::cancellation_slot slot = {});

}  // namespace thimble
