// Many jobs, few workers.

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "pool_fixture.h"
#include "process_table.h"

namespace thimble {
namespace {

using PoolQueue = PoolFixture;

TEST_F(PoolQueue, HundredsOfJobsOneAfterTheOther) {
  StartPool();
  ASSERT_TRUE(Do("fine"));
  const std::size_t descriptors = OpenDescriptors();
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(Do("fine"));
  EXPECT_EQ(pool_->stats().jobs_done, 301u);
  EXPECT_EQ(OpenDescriptors(), descriptors);
}

TEST_F(PoolQueue, HundredsOfJobsAtOnceAreAllDone) {
  StartPool(Options(2));
  std::vector<std::shared_ptr<Outcome>> jobs(300);
  for (auto& job : jobs) job = Begin("fine");
  for (const auto& job : jobs) EXPECT_TRUE(Await(job));
  EXPECT_EQ(pool_->stats().jobs_queued, 0);
  EXPECT_EQ(pool_->stats().workers_busy, 0);
}

TEST_F(PoolQueue, JobsAreDoneInTheOrderTheyCame) {
  StartPool();
  const auto first = Begin("spin 20");
  const auto second = Begin("spin 20");
  const auto third = Begin("spin 20");
  ASSERT_TRUE(Await(third));
  EXPECT_TRUE(first->has_value());
  EXPECT_TRUE(second->has_value());
}

TEST_F(PoolQueue, AFullQueueRefusesTheNextJobAtOnce) {
  PoolOptions options = Options(1);
  options.max_queued_jobs = 2;
  StartPool(options);
  const auto working = Begin("loop");
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  const auto queued_1 = Begin("fine");
  const auto queued_2 = Begin("fine");
  RunUntil([&] { return pool_->stats().jobs_queued == 2; });
  const auto refused = Do("fine");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
  for (const auto& job : {working, queued_1, queued_2}) EXPECT_FALSE(job->has_value());
}

TEST_F(PoolQueue, AJobWhoseTimeRunsOutWhileWaitingLeavesTheQueue) {
  StartPool();
  const auto working = Begin("loop");
  const auto waiting = Begin("fine", std::chrono::milliseconds(30));
  const auto output = Await(waiting);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(pool_->stats().jobs_queued, 0);
  EXPECT_FALSE(working->has_value());
}

TEST_F(PoolQueue, AJobWithoutTimeIsNotBegun) {
  StartPool();
  const auto output = Do("fine", std::chrono::milliseconds(0));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(pool_->stats().jobs_done, 0u);
}

TEST_F(PoolQueue, TimesSpentQueuedAndProcessedAreTold) {
  StartPool();
  const auto begin = SteadyClock::now();
  const auto first = Begin("spin 50");
  const auto second = Begin("spin 50");
  RunUntil([&] { return pool_->stats().workers_busy == 1 && pool_->stats().jobs_queued == 1; });
  const auto between = SteadyClock::now() - begin;  // at least what parts the two submissions
  const auto output = Await(second);
  const auto whole = SteadyClock::now() - begin;
  const auto earlier = Await(first);
  ASSERT_TRUE(output);
  ASSERT_TRUE(earlier);
  // There is one worker: the second waited for the whole of the first. Each figure is rounded down.
  constexpr std::chrono::microseconds kRounding{3};
  EXPECT_GE(output->queued + between + kRounding, earlier->queued + earlier->processed);
  EXPECT_GT(output->processed.count(), 0);
  EXPECT_LE(output->queued + output->processed, whole);
}

TEST_F(PoolQueue, StoppingEndsEveryJobAndProcess) {
  StartPool(Options(2));
  const auto working = Begin("loop");
  const auto also_working = Begin("loop");
  const auto queued = Begin("fine");
  RunUntil([&] { return pool_->stats().jobs_queued == 1; });
  pool_->Stop();
  for (const auto& job : {working, also_working, queued}) {
    const auto output = Await(job);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::kDraining);
  }
  EXPECT_EQ(pool_->stats().workers_alive, 0);
  EXPECT_TRUE(ChildrenOf(::getpid()).empty());
  const auto refused = Do("fine");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDraining);
}

TEST_F(PoolQueue, APoolMayEndBeforeItsJobs) {
  StartPool();
  const auto working = Begin("loop");
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  pool_.reset();
  const auto output = Await(working);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kDraining);
}

}  // namespace
}  // namespace thimble
