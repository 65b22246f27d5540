// Jobs whose callers leave, and the limit of the work itself.

#include <gtest/gtest.h>

#include <boost/asio/cancellation_signal.hpp>
#include <memory>
#include <string_view>

#include "async/spawn.h"
#include "pool_fixture.h"

namespace thimble {
namespace {

using std::chrono::milliseconds;

class PoolUnwanted : public PoolFixture {
 protected:
  static Job JobFor(std::string_view verb, milliseconds work_limit = kAmple) {
    Job job;
    job.spec.width = 1;
    job.source = OriginalOf(verb);
    job.work_limit = work_limit;
    return job;
  }
  // Begins it for a caller who leaves when Leave is called.
  std::shared_ptr<Outcome> BeginForLeaver(Job job) {
    auto outcome = std::make_shared<Outcome>();
    Spawn(context_.get_executor(), Store(std::move(job), outcome), {}, leave_.slot());
    return outcome;
  }
  void Leave() { leave_.emit(boost::asio::cancellation_type::terminal); }

 private:
  boost::asio::awaitable<void> Store(Job job, std::shared_ptr<Outcome> outcome) {
    Expected<JobOutput> output = co_await pool_->Run(std::move(job), Deadline::Never());
    outcome->emplace(std::move(output));
  }

  boost::asio::cancellation_signal leave_;
};

TEST_F(PoolUnwanted, AQueuedJobLeavesTheQueue) {
  StartPool();
  const auto working = Begin("loop");
  const auto waiting = BeginForLeaver(JobFor("fine"));
  RunUntil([&] { return pool_->stats().jobs_queued == 1; });
  Leave();
  const auto output = Await(waiting);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(pool_->stats().jobs_queued, 0);
  EXPECT_EQ(pool_->stats().jobs_unwanted, 1u);
  EXPECT_FALSE(working->has_value());
}

TEST_F(PoolUnwanted, AWorkerThatHasRunForLongIsEnded) {
  StartPool();
  const auto output = BeginForLeaver(JobFor("loop", milliseconds(2000)));
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  Leave();
  EXPECT_FALSE(Await(output));
  EXPECT_EQ(pool_->stats().deaths_unwanted, 1u);
  EXPECT_EQ(pool_->stats().deaths_by_deadline, 0u);
  ExpectPoolIsSound();
}

TEST_F(PoolUnwanted, AWorkerThatHasOnlyJustBegunMayFinish) {
  StartPool();
  const auto job = BeginForLeaver(JobFor("spin 20", std::chrono::hours(1)));
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  Leave();
  EXPECT_TRUE(Await(job));
  EXPECT_EQ(pool_->stats().jobs_unwanted, 1u);
  EXPECT_EQ(pool_->stats().deaths_unwanted, 0u);
}

TEST_F(PoolUnwanted, AWorkerIsLeftToThoseWhoStillWait) {
  StartPool();
  const auto original = OriginalOf("spin 50");
  Job job = JobFor("", milliseconds(400));  // at a fortieth of it a worker would be ended
  job.source = original;
  const auto left = BeginForLeaver(job);
  job.spec.width = 2;
  job.work_limit = kAmple;
  const auto stays = BeginJob(job);
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  Leave();
  EXPECT_TRUE(Await(stays));
  EXPECT_EQ(pool_->stats().batches_done, 1u);
  EXPECT_EQ(pool_->stats().deaths_unwanted, 0u);
}

TEST_F(PoolUnwanted, TheWorkLimitEndsAWorkerHoweverLongItsCallerWouldWait) {
  StartPool();
  const auto output = Await(BeginJob(JobFor("loop", milliseconds(100))));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kImageTooCostly);
  EXPECT_EQ(pool_->stats().deaths_by_deadline, 1u);
  ExpectPoolIsSound();
}

TEST_F(PoolUnwanted, TheWorkLimitDoesNotCountTheTimeInTheQueue) {
  StartPool();
  const auto working = Begin("spin 400");
  const auto waiting = BeginJob(JobFor("fine", milliseconds(300)));
  EXPECT_TRUE(Await(waiting));
  EXPECT_TRUE(working->has_value());
}

}  // namespace
}  // namespace thimble
