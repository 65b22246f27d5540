#include "origin/blocking_work.h"

#include <gtest/gtest.h>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <new>
#include <optional>
#include <thread>

#include "async/spawn.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

class BlockingWorkTest : public testing::Test {
 protected:
  using Result = Expected<int>;

  template <class Work>
  asio::awaitable<void> Store(Work work) {
    co_await asio::this_coro::throw_if_cancelled(false);
    result_ = co_await RunBlocking(threads_, std::move(work));
    resumed_on_ = std::this_thread::get_id();
  }
  template <class Work>
  void Run(Work work) {
    Spawn(context_.get_executor(), Store(std::move(work)), {}, cancel_.slot());
    context_.run();
  }

  std::optional<Result> result_;
  std::thread::id resumed_on_;
  asio::cancellation_signal cancel_;
  asio::io_context context_;
  asio::thread_pool threads_{1};
};

TEST_F(BlockingWorkTest, RunsElsewhereAndResumesHere) {
  std::thread::id worked_on;
  Run([&](const StopFlag&) -> Result {
    worked_on = std::this_thread::get_id();
    return 7;
  });
  EXPECT_EQ(**result_, 7);
  EXPECT_EQ(resumed_on_, std::this_thread::get_id());
  EXPECT_NE(worked_on, resumed_on_);
}

TEST_F(BlockingWorkTest, WorkThatThrowsIsAnErrorAndItsThreadLives) {
  Run([](const StopFlag&) -> Result { throw std::bad_alloc(); });
  EXPECT_EQ(result_->error().code, ErrorCode::kInternal);
  context_.restart();
  Run([](const StopFlag&) -> Result { return 1; });
  EXPECT_TRUE(result_->has_value());
}

TEST_F(BlockingWorkTest, CancelledWorkIsToldAndAwaited) {
  StopFlag begun = false;
  std::thread canceller([&] {
    while (!begun) std::this_thread::yield();
    asio::post(context_, [&] { cancel_.emit(asio::cancellation_type::terminal); });
  });
  Run([&](const StopFlag& stop) -> Result {
    begun = true;
    while (!stop) std::this_thread::yield();
    return Fail(ErrorCode::kOriginTimeout);
  });
  canceller.join();
  EXPECT_EQ(result_->error().code, ErrorCode::kOriginTimeout);
  EXPECT_EQ(resumed_on_, std::this_thread::get_id());
}

}  // namespace
}  // namespace thimble
