// Jobs of one original go to a worker together. That saves time and costs none of them its result.

#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "pool_fixture.h"
#include "process_table.h"
#include "worker/protocol.h"

namespace thimble {
namespace {

constexpr int kMost = kMaxTargets;

class SharedBatch : public PoolFixture {
 protected:
  // Everyone has its own result.
  void ExpectAllNamed(const std::vector<std::shared_ptr<Outcome>>& jobs) {
    for (std::size_t i = 0; i < jobs.size(); ++i) ExpectNamed(jobs[i], i + 1);
  }
  void ExpectNamed(const std::shared_ptr<Outcome>& job, std::size_t width) {
    const auto output = Await(job);
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(WorkerOf(*output), std::to_string(width));
  }
  // Widths 1, 2, ... of one original, each with a deadline of its own.
  std::vector<std::shared_ptr<Outcome>> BeginWithin(
      std::string_view verb, const std::vector<std::chrono::milliseconds>& deadlines) {
    const auto original = OriginalOf(verb);
    std::vector<std::shared_ptr<Outcome>> jobs;
    for (const auto within : deadlines) {
      Job job;
      job.spec.width = static_cast<int>(jobs.size()) + 1;
      job.source = original;
      jobs.push_back(BeginJob(std::move(job), within));
    }
    return jobs;
  }
  void ExpectFailed(const std::shared_ptr<Outcome>& job, ErrorCode code) {
    const auto output = Await(job);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, code) << output.error().detail;
  }
};

TEST_F(SharedBatch, IsOneBatch) {
  StartPool(Options(2));
  ExpectAllNamed(BeginBatch("name_width", 8));
  EXPECT_EQ(pool_->stats().batches_done, 1u);
  EXPECT_EQ(pool_->stats().jobs_done, 8u);
}

TEST_F(SharedBatch, HasABound) {
  StartPool();
  ExpectAllNamed(BeginBatch("name_width", 2 * kMost + 1));
  EXPECT_EQ(pool_->stats().batches_done, 3u);
}

TEST_F(SharedBatch, IsOfOneOriginal) {
  StartPool();
  const auto some = BeginBatch("name_width", 3);
  const auto others = BeginBatch("name_width", 3);
  ExpectAllNamed(some);
  ExpectAllNamed(others);
  EXPECT_EQ(pool_->stats().batches_done, 2u);
}

TEST_F(SharedBatch, GathersWhileTheWorkersAreBusy) {
  StartPool();
  const auto working = Begin("loop", std::chrono::milliseconds(300));
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  const auto original = OriginalOf("name_width");
  std::vector<std::shared_ptr<Outcome>> jobs;
  for (int width = 1; width <= 4; ++width) {
    Job job;
    job.spec.width = width;
    job.source = original;
    jobs.push_back(BeginJob(std::move(job)));
    RunUntil([&] { return pool_->stats().jobs_queued == width; });
  }
  ExpectAllNamed(jobs);
  EXPECT_FALSE(Await(working));
  EXPECT_EQ(pool_->stats().batches_done, 1u);
}

TEST_F(SharedBatch, CountsJobByJobForTheQueuesBound) {
  PoolOptions options = Options(1);
  options.max_queued_jobs = 2;
  StartPool(options);
  const auto jobs = BeginBatch("name_width", 4);  // one for the free worker, two to wait
  for (std::size_t i = 0; i < 3; ++i) ExpectNamed(jobs[i], i + 1);
  ExpectFailed(jobs[3], ErrorCode::kOverloaded);
}

TEST_F(SharedBatch, ThatKillsTheWorkerIsTriedOneByOne) {
  StartPool(Options(2));
  const std::size_t descriptors = OpenDescriptors();
  ExpectAllNamed(BeginBatch("abort_in_batch", 5));
  EXPECT_EQ(pool_->stats().deaths_by_signal, 1u);
  EXPECT_EQ(pool_->stats().batches_done, 5u);
  RunUntil([&] { return pool_->stats().workers_alive == 2; });
  EXPECT_EQ(OpenDescriptors(), descriptors);
}

TEST_F(SharedBatch, SuffersNothingFromOneThatKillsTheWorker) {
  StartPool();
  const auto jobs = BeginBatch("abort_at_width 3", 5);
  for (const std::size_t width : {1u, 2u, 4u, 5u}) ExpectNamed(jobs[width - 1], width);
  ExpectFailed(jobs[2], ErrorCode::kWorkerDied);
  EXPECT_EQ(pool_->stats().deaths_by_signal, 2u);
  ExpectPoolIsSound();
}

TEST_F(SharedBatch, MayNotCostMemoryOrRoom) {
  StartPool();
  ExpectAllNamed(BeginBatch("too_costly_in_batch", 3));
  ExpectAllNamed(BeginBatch("too_large_in_batch", 3));
  EXPECT_EQ(pool_->stats().jobs_done, 6u);
  EXPECT_EQ(pool_->stats().batches_done, 8u);
}

TEST_F(SharedBatch, SharesAVerdictOnThePicture) {
  StartPool();
  for (const auto& job : BeginBatch("corrupt", 3)) ExpectFailed(job, ErrorCode::kCorruptImage);
  EXPECT_EQ(pool_->stats().batches_done, 1u);
}

TEST_F(SharedBatch, GetsWhatWasDoneBeforeTheDeadline) {
  StartPool();
  const auto jobs = BeginBatch("loop_at_width 3", 4, std::chrono::milliseconds(200));
  ExpectNamed(jobs[0], 1);
  ExpectNamed(jobs[1], 2);
  // The third's time was partly the others'; it may be tried again.
  ExpectFailed(jobs[2], ErrorCode::kDeadlineExceeded);
  ExpectFailed(jobs[3], ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(pool_->stats().deaths_by_deadline, 1u);
  ExpectPoolIsSound();
}

TEST_F(SharedBatch, WithoutAnyResultAtTheDeadlineMeansACostlyPicture) {
  StartPool();
  for (const auto& job : BeginBatch("loop", 3, std::chrono::milliseconds(200))) {
    ExpectFailed(job, ErrorCode::kImageTooCostly);
  }
  EXPECT_EQ(pool_->stats().deaths_by_deadline, 1u);
  ExpectPoolIsSound();
}

TEST_F(SharedBatch, OutlastsAMembersShorterDeadline) {
  StartPool();
  const auto jobs = BeginWithin("spin 300", {kAmple, std::chrono::milliseconds(50), kAmple});
  EXPECT_FALSE(Await(jobs[1]));
  EXPECT_TRUE(Await(jobs[0]));
  EXPECT_TRUE(Await(jobs[2]));
  EXPECT_EQ(pool_->stats().batches_done, 1u);
  EXPECT_EQ(pool_->stats().deaths_by_deadline, 0u);
}

TEST_F(SharedBatch, EndsWhenOnlyTheLateAreLeft) {
  StartPool();
  const auto jobs = BeginWithin("spin_then_loop", {kAmple, std::chrono::milliseconds(50)});
  EXPECT_FALSE(Await(jobs[1]));
  ExpectNamed(jobs[0], 1);
  EXPECT_EQ(pool_->stats().deaths_by_deadline, 1u);
  ExpectPoolIsSound();
}

TEST_F(SharedBatch, CannotBeGivenAnothersResult) {
  StartPool();
  const auto jobs = BeginBatch("answer_for_another", 3);
  ExpectAllNamed(jobs);
  EXPECT_EQ(pool_->stats().rejected_replies, 1u);
  ExpectPoolIsSound();
}

TEST_F(SharedBatch, IsDoneAgainWhenTheZygoteDies) {
  StartPool();
  const auto jobs = BeginBatch("spin 100", 3);
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  ::kill(ZygotePid(), SIGKILL);
  for (const auto& job : jobs) EXPECT_TRUE(Await(job));
  EXPECT_EQ(pool_->stats().batches_done, 1u);
}

TEST_F(SharedBatch, EndsWithThePool) {
  StartPool();
  const auto jobs = BeginBatch("loop", 3);
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  pool_->Stop();
  for (const auto& job : jobs) ExpectFailed(job, ErrorCode::kDraining);
}

}  // namespace
}  // namespace thimble
