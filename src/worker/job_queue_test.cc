#include "worker/job_queue.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <string>

namespace thimble {
namespace {

class JobQueueTest : public testing::Test {
 protected:
  using Source = std::shared_ptr<const SealedBytes>;

  static Source NewSource() {
    auto sealed = SealedBytesFrom(BytesOf("same bytes, other original"));
    EXPECT_TRUE(sealed);
    return std::make_shared<const SealedBytes>(std::move(*sealed));
  }

  JobHandle Add(const Source& source, int width) {
    Job job;
    job.spec.width = width;
    job.source = source;
    auto pending = std::make_shared<PendingJob>(context_.get_executor(), std::move(job),
                                                Deadline::After(std::chrono::hours(1)));
    queue_.Add(pending);
    return pending;
  }

  // The widths of the batch, e.g. "1 3".
  static std::string WidthsOf(const std::vector<JobHandle>& batch) {
    std::string widths;
    for (const JobHandle& job : batch) {
      if (!widths.empty()) widths += ' ';
      widths += std::to_string(job->job.spec.width);
    }
    return widths;
  }
  std::string Take(std::size_t most = 16) { return WidthsOf(queue_.TakeBatch(most)); }

  boost::asio::io_context context_;
  JobQueue queue_;
};

TEST_F(JobQueueTest, JobsOfOneOriginalGoTogetherInTheirOrder) {
  const Source a = NewSource();
  const Source b = NewSource();
  Add(a, 1);
  Add(b, 2);
  Add(a, 3);
  Add(b, 4);
  Add(a, 5);
  EXPECT_EQ(Take(), "1 3 5");
  EXPECT_EQ(Take(), "2 4");
  EXPECT_TRUE(queue_.empty());
}

TEST_F(JobQueueTest, ABatchIsBounded) {
  const Source a = NewSource();
  for (int width = 1; width <= 5; ++width) Add(a, width);
  EXPECT_EQ(Take(2), "1 2");
  EXPECT_EQ(Take(2), "3 4");
  EXPECT_EQ(Take(2), "5");
}

TEST_F(JobQueueTest, OtherLimitsAreOtherWork) {
  const Source a = NewSource();
  Add(a, 1);
  Add(a, 2)->job.limits.max_pixels = 5;
  EXPECT_EQ(Take(), "1");
  EXPECT_EQ(Take(), "2");
}

TEST_F(JobQueueTest, WhoMustGoAloneDoes) {
  const Source a = NewSource();
  Add(a, 1)->alone = true;
  Add(a, 2);
  Add(a, 3)->alone = true;
  Add(a, 4);
  EXPECT_EQ(Take(), "1");
  EXPECT_EQ(Take(), "2 4");
  EXPECT_EQ(Take(), "3");
}

TEST_F(JobQueueTest, WhatIsPutBackComesFirst) {
  const Source a = NewSource();
  Add(a, 1);
  Add(a, 2);
  const auto batch = queue_.TakeBatch(16);
  Add(NewSource(), 3);
  queue_.PutBack(batch);
  EXPECT_EQ(queue_.size(), 3u);
  EXPECT_EQ(WidthsOf(queue_.TakeAll()), "1 2 3");
  EXPECT_TRUE(queue_.empty());
}

TEST_F(JobQueueTest, ARemovedJobIsNotTaken) {
  const Source a = NewSource();
  Add(a, 1);
  const JobHandle gone = Add(a, 2);
  Add(a, 3);
  queue_.Remove(gone);
  EXPECT_EQ(Take(), "1 3");
}

TEST_F(JobQueueTest, TheFirstOutcomeStays) {
  const JobHandle job = Add(NewSource(), 1);
  job->Complete(Fail(ErrorCode::kDeadlineExceeded));
  job->Complete(JobOutput{});
  ASSERT_FALSE(*job->outcome);
  EXPECT_EQ(job->outcome->error().code, ErrorCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace thimble
