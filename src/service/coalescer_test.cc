#include "service/coalescer.h"

#include <gtest/gtest.h>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <stdexcept>
#include <vector>

#include "async/spawn.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

using Result = Expected<std::shared_ptr<const int>>;
using Joined = Coalescer<Result>::Joined;

const Deadline kFar = Deadline::After(std::chrono::hours(1));

// Work that counts its runs and finishes when the test opens the gate.
class CoalescerTest : public testing::Test {
 protected:
  Coalescer<Result>::Work Work(Result result) {
    return [this, result]() { return Finish(result); };
  }
  asio::awaitable<Result> Finish(Result result) {
    ++runs_;
    const bool passed = open_ || co_await gate_.Wait(kFar);
    if (!passed) ++cancelled_;
    if (!passed) co_return Fail(ErrorCode::kOriginTimeout);
    co_return result;
  }
  void OpenGate() {
    open_ = true;
    gate_.WakeAll();
  }

  asio::awaitable<void> Store(std::string key, Result result, Deadline deadline) {
    auto work = Work(std::move(result));
    auto joined = co_await coalescer_.Join(std::move(key), std::move(work), deadline);
    answers_.push_back(std::move(joined));
  }
  void Join(const std::string& key, const Result& result, Deadline deadline = kFar) {
    Spawn(context_.get_executor(), Store(key, result, deadline));
  }
  void Settle() {
    context_.restart();
    context_.poll();
  }

  WaitList gate_;
  bool open_ = false;
  int runs_ = 0;
  int cancelled_ = 0;
  std::vector<Joined> answers_;
  asio::io_context context_;  // goes before what its coroutines use
  Coalescer<Result> coalescer_{context_.get_executor()};
};

Result Value(int value) { return std::make_shared<const int>(value); }

TEST_F(CoalescerTest, FiveHundredWaitersShareOneRun) {
  for (int i = 0; i < 500; ++i) Join("key", Value(7));
  Settle();
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(coalescer_.under_way(), 1u);
  OpenGate();
  Settle();
  EXPECT_EQ(runs_, 1);
  ASSERT_EQ(answers_.size(), 500u);
  int started = 0;
  for (const Joined& answer : answers_) {
    ASSERT_TRUE(answer.result.has_value());
    EXPECT_EQ(*answer.result, *answers_[0].result);  // the same object
    started += answer.started_here ? 1 : 0;
  }
  EXPECT_EQ(started, 1);
  EXPECT_EQ(coalescer_.under_way(), 0u);
}

TEST_F(CoalescerTest, DifferentKeysRunApart) {
  Join("a", Value(1));
  Join("b", Value(2));
  OpenGate();
  Settle();
  EXPECT_EQ(runs_, 2);
  ASSERT_EQ(answers_.size(), 2u);
  EXPECT_NE(**answers_[0].result, **answers_[1].result);
}

TEST_F(CoalescerTest, AFailureIsSharedOnceAndThenForgotten) {
  for (int i = 0; i < 10; ++i) Join("key", Fail(ErrorCode::kOriginFailed));
  Settle();
  OpenGate();
  Settle();
  EXPECT_EQ(runs_, 1);
  ASSERT_EQ(answers_.size(), 10u);
  for (const Joined& answer : answers_) {
    EXPECT_EQ(answer.result.error().code, ErrorCode::kOriginFailed);
  }
  Join("key", Value(1));
  Settle();
  EXPECT_EQ(runs_, 2);
  EXPECT_TRUE(answers_.back().result.has_value());
}

TEST_F(CoalescerTest, AWaiterGoesAtItsOwnDeadlineAndTheOthersStay) {
  Join("key", Value(1));
  Settle();
  Join("key", Value(2), Deadline::After(std::chrono::milliseconds(1)));
  while (answers_.empty()) context_.run_one();
  EXPECT_EQ(answers_[0].result.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(coalescer_.under_way(), 1u);
  OpenGate();
  Settle();
  ASSERT_EQ(answers_.size(), 2u);
  EXPECT_EQ(**answers_[1].result, 1);
  EXPECT_EQ(runs_, 1);
}

TEST_F(CoalescerTest, NothingStartsForACallerWhoseTimeIsOver) {
  Join("key", Value(1), Deadline::At(SteadyClock::now()));
  Settle();
  EXPECT_EQ(runs_, 0);
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].result.error().code, ErrorCode::kDeadlineExceeded);
}

TEST_F(CoalescerTest, ACancelledLeaderBreaksNothingForTheOthers) {
  asio::cancellation_signal cancel;
  Spawn(context_.get_executor(), Store("key", Value(1), kFar), {}, cancel.slot());
  Settle();
  Join("key", Value(2));
  Settle();
  cancel.emit(asio::cancellation_type::all);
  Settle();
  EXPECT_EQ(coalescer_.under_way(), 1u);
  OpenGate();
  Settle();
  EXPECT_EQ(runs_, 1);
  ASSERT_FALSE(answers_.empty());
  EXPECT_EQ(**answers_.back().result, 1);
  EXPECT_FALSE(answers_.back().started_here);
}

TEST_F(CoalescerTest, WorkIsCancelledWhenItsLastWaiterIsOutOfTimeAndSaysWhy) {
  // On a busy machine the time may be over before the work begins: then with more.
  for (std::chrono::milliseconds time(1); runs_ == 0; time *= 2) {
    ASSERT_LT(time, std::chrono::minutes(1));
    answers_.clear();
    Join("key", Value(1), Deadline::After(time));
    while (answers_.empty()) context_.run_one();
  }
  EXPECT_EQ(answers_[0].result.error().code, ErrorCode::kOriginTimeout);
  EXPECT_EQ(cancelled_, 1);
  EXPECT_EQ(coalescer_.under_way(), 0u);
}

TEST_F(CoalescerTest, WorkIsCancelledWhenItsLastWaiterIs) {
  asio::cancellation_signal cancel[2];
  for (auto& signal : cancel) {
    Spawn(context_.get_executor(), Store("key", Value(1), kFar), {}, signal.slot());
  }
  Settle();
  cancel[0].emit(asio::cancellation_type::terminal);
  Settle();
  EXPECT_EQ(cancelled_, 0);
  EXPECT_EQ(coalescer_.under_way(), 1u);
  cancel[1].emit(asio::cancellation_type::terminal);
  Settle();
  EXPECT_EQ(cancelled_, 1);
  EXPECT_EQ(coalescer_.under_way(), 0u);
  EXPECT_EQ(runs_, 1);
}

TEST_F(CoalescerTest, CancellationReachesTheWorkThatTheWorkWaitsFor) {
  Coalescer<Result> outer(context_.get_executor());
  asio::cancellation_signal cancel;
  auto wait = [&]() -> asio::awaitable<void> {
    Coalescer<Result>::Work both = [this]() -> asio::awaitable<Result> {
      auto inner = co_await coalescer_.Join("inner", Work(Value(1)), Deadline::Never());
      co_return std::move(inner.result);
    };
    auto joined = co_await outer.Join("outer", std::move(both), Deadline::Never());
    answers_.push_back(std::move(joined));
  };
  Spawn(context_.get_executor(), wait(), {}, cancel.slot());
  Settle();
  EXPECT_EQ(runs_, 1);
  cancel.emit(asio::cancellation_type::terminal);
  Settle();
  EXPECT_EQ(cancelled_, 1);
  EXPECT_EQ(coalescer_.under_way() + outer.under_way(), 0u);
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].result.error().code, ErrorCode::kOriginTimeout);
}

TEST_F(CoalescerTest, WhoComesAfterACancellationStartsAnew) {
  asio::cancellation_signal cancel;
  Spawn(context_.get_executor(), Store("key", Value(1), kFar), {}, cancel.slot());
  Settle();
  cancel.emit(asio::cancellation_type::terminal);
  Settle();
  Join("key", Value(2));
  Settle();
  EXPECT_EQ(runs_, 2);
  OpenGate();
  Settle();
  EXPECT_EQ(**answers_.back().result, 2);
}

TEST_F(CoalescerTest, WorkThatThrowsIsAnInternalErrorAndLeavesNoDeadFlight) {
  auto store = [this]() -> asio::awaitable<void> {
    Coalescer<Result>::Work work = []() -> asio::awaitable<Result> {
      throw std::runtime_error("out of memory");
      co_return Value(0);
    };
    auto joined = co_await coalescer_.Join("key", std::move(work), kFar);
    answers_.push_back(std::move(joined));
  };
  Spawn(context_.get_executor(), store());
  Settle();
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].result.error().code, ErrorCode::kInternal);
  EXPECT_EQ(coalescer_.under_way(), 0u);
}

TEST_F(CoalescerTest, UnfinishedWorkIsFreedWithItsContext) {
  Join("key", Value(1));
  Settle();
  EXPECT_EQ(coalescer_.under_way(), 1u);
  // The leak checker watches the rest: the gate never opens.
}

}  // namespace
}  // namespace thimble
