// A worker that has been taken over answers what it likes.

#include <gtest/gtest.h>

#include "pool_fixture.h"
#include "process_table.h"

namespace thimble {
namespace {

class Nonsense : public PoolFixture, public testing::WithParamInterface<const char*> {};

TEST_P(Nonsense, CostsTheWorkerItsLifeAndTheJobItsResult) {
  StartPool();
  const std::size_t descriptors = OpenDescriptors();
  const auto output = Do(GetParam());
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kWorkerDied) << output.error().detail;
  EXPECT_EQ(pool_->stats().rejected_replies, 1u);
  ExpectPoolIsSound();
  EXPECT_EQ(OpenDescriptors(), descriptors);
}

INSTANTIATE_TEST_SUITE_P(Answers, Nonsense,
                         testing::Values("claim_more", "claim_nothing", "claim_huge_size",
                                         "claim_unknown_format", "claim_unknown_error",
                                         "claim_foreign_error", "answer_other_batch",
                                         "answer_for_no_target", "claim_beyond_the_end",
                                         "send_html"));
INSTANTIATE_TEST_SUITE_P(Packets, Nonsense,
                         testing::Values("speak_other_version", "say_garbage", "say_too_much",
                                         "say_too_little", "say_ready_again", "attach_descriptor"));

class HangingUp : public PoolFixture, public testing::WithParamInterface<const char*> {};

TEST_P(HangingUp, CountsAsADeath) {
  StartPool();
  const std::size_t descriptors = OpenDescriptors();
  const auto output = Do(GetParam());
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kWorkerDied) << output.error().detail;
  EXPECT_EQ(pool_->stats().deaths_by_signal, 1u);
  ExpectPoolIsSound();
  EXPECT_EQ(OpenDescriptors(), descriptors);
}

INSTANTIATE_TEST_SUITE_P(Ways, HangingUp,
                         testing::Values("hang_up", "attach_descriptor_to_nothing"));

using HostileReply = PoolFixture;

TEST_F(HostileReply, ASecondAnswerIsNotTakenForTheNextJobs) {
  StartPool();
  const auto first = Do("answer_twice");
  ASSERT_TRUE(first) << first.error().detail;
  RunUntil([&] { return pool_->stats().rejected_replies == 1; });
  const auto second = Do("fine");
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_NE(WorkerOf(*first), WorkerOf(*second));
}

TEST_F(HostileReply, BytesChangedAfterTheAnswerDoNotReachTheResult) {
  StartPool();
  const auto output = Do("flip_afterwards");
  ASSERT_TRUE(output) << output.error().detail;
  const std::vector<std::uint8_t> copy = output->bytes;
  // It still flips: the worker gets the next job and cannot answer it.
  const auto next = Do("fine", std::chrono::milliseconds(200));
  ASSERT_FALSE(next);
  EXPECT_EQ(output->bytes, copy);
  EXPECT_EQ(pool_->stats().deaths_by_deadline, 1u);
  ExpectPoolIsSound();
}

TEST_F(HostileReply, AFormatThatWasNotAskedForIsRefused) {
  StartPool();
  Job job;
  job.spec.width = 1;
  job.spec.format = ImageFormat::kJpeg;
  job.source = OriginalOf("send_png");
  const auto output = Await(BeginJob(job));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kWorkerDied);
  EXPECT_EQ(pool_->stats().rejected_replies, 1u);
  job.spec.format = ImageFormat::kPng;
  EXPECT_TRUE(Await(BeginJob(job)));
  job.spec.format.reset();
  job.spec.auto_format = AcceptClass::kWebp;  // the original's own may come as well
  EXPECT_TRUE(Await(BeginJob(job)));
  ExpectPoolIsSound();
}

TEST_F(HostileReply, AnErrorsTextCannotForgeLogLines) {
  StartPool();
  const auto output = Do("no_such_verb");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kUnsupportedFormat);
  EXPECT_EQ(output.error().detail, "no such verb??[31mforged line");
}

}  // namespace
}  // namespace thimble
