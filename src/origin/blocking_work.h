// Blocking work of a coroutine, done on a thread of its own.
//
//   auto result = co_await RunBlocking(threads, [](const StopFlag& stop) -> Expected<int> {
//     while (!stop) ...
//   });
//
// The coroutine resumes on its own executor. When it is cancelled, the work is told by its flag,
// and the coroutine still waits for it to end: it may use what the coroutine holds. (Not by
// spawning a coroutine on the threads: in Boost 1.81 a cancellation may reach such a coroutine
// after its end.)
//
// Errors: those of the work; kInternal when it throws, since an exception that leaves a thread ends
// the process.
#pragma once

#include <atomic>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/error.h"

namespace thimble {

using StopFlag = std::atomic<bool>;

// `work` returns an Expected.
template <class Work>
std::invoke_result_t<Work, const StopFlag&> RunCatching(Work& work, const StopFlag& stop) {
  try {
    return work(stop);
  } catch (const std::exception& thrown) {
    return Fail(ErrorCode::kInternal, thrown.what());
  }
}

template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work, const StopFlag&>> RunBlocking(
    boost::asio::thread_pool& threads, Work work) {
  using Result = std::invoke_result_t<Work, const StopFlag&>;
  auto initiate = [&threads](auto handler, Work job) {
    auto caller = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    auto stop = std::make_shared<StopFlag>(false);
    if (slot.is_connected()) {
      slot.assign([stop](boost::asio::cancellation_type) { *stop = true; });
    }
    boost::asio::post(threads, [handler = std::move(handler), job = std::move(job),
                                caller = std::move(caller), slot, stop]() mutable {
      auto resume = [handler = std::move(handler), result = RunCatching(job, *stop),
                     slot]() mutable {
        if (slot.is_connected()) slot.clear();
        std::move(handler)(std::move(result));
      };
      boost::asio::post(caller.get_executor(), std::move(resume));
    });
  };
  auto result =
      co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Result)>(
          std::move(initiate), boost::asio::use_awaitable, std::move(work));
  co_return result;
}

}  // namespace thimble
