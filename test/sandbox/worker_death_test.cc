// Workers crash, hang and use up their memory; that costs their own job only.

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "pool_fixture.h"
#include "process_table.h"

namespace thimble {
namespace {

class Crash : public PoolFixture, public testing::WithParamInterface<const char*> {};

TEST_P(Crash, FailsItsOwnJobAndTheWorkerIsReplaced) {
  StartPool();
  const auto output = Do(GetParam());
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kWorkerDied) << output.error().detail;
  EXPECT_EQ(pool_->stats().deaths_by_signal, 1u);
  ExpectPoolIsSound();
}

INSTANTIATE_TEST_SUITE_P(Ways, Crash, testing::Values("abort", "segfault", "exit", "stack_bomb"));

class MemoryBomb : public PoolFixture, public testing::WithParamInterface<const char*> {};

// A sanitizer's allocator ends the process where malloc would give nothing.
constexpr ErrorCode kOutOfMemory =
    THIMBLE_SANITIZED != 0 ? ErrorCode::kWorkerDied : ErrorCode::kImageTooCostly;

TEST_P(MemoryBomb, IsAnErrorOfThePicture) {
  StartPool();
  const auto output = Do(GetParam());
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, kOutOfMemory) << output.error().detail;
  ExpectPoolIsSound();
}

INSTANTIATE_TEST_SUITE_P(Ways, MemoryBomb, testing::Values("malloc_bomb", "vector_bomb"));

class WorkerDeath : public PoolFixture {
 protected:
  static void StopProcess(pid_t pid) {
    ::kill(pid, SIGSTOP);
    const auto is_stopped = [pid](const ProcessEntry& entry) {
      return entry.pid == pid && entry.state == 'T';
    };
    std::vector<ProcessEntry> all;
    do {
      all = ChildrenOf(ZygotePid());
    } while (std::none_of(all.begin(), all.end(), is_stopped));
  }
};

TEST_F(WorkerDeath, ADeadlineKillsAWorkerThatHangs) {
  StartPool();
  const auto output = Do("loop", std::chrono::milliseconds(200));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kImageTooCostly);
  EXPECT_EQ(pool_->stats().deaths_by_deadline, 1u);
  ExpectPoolIsSound();
}

// Nothing runs the pool's executor here, as in a server that hangs or is stopped.
TEST_F(WorkerDeath, AWorkerEndsByItselfWhenItsServerCannotEndIt) {
  StartPool();
  const auto job = Begin("loop", std::chrono::milliseconds(500));
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  const UniqueFd worker(static_cast<int>(::syscall(SYS_pidfd_open, WorkerPids().at(0), 0)));
  ASSERT_TRUE(worker);
  pollfd ended{worker.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, static_cast<int>(kAmple.count())), 1);
  EXPECT_FALSE(Await(job));
  ExpectPoolIsSound();
}

TEST_F(WorkerDeath, APictureThatGotOnlyTheQueuesLeftoversIsNotToBlame) {
  StartPool();
  const auto long_job = Begin("spin 900");
  const auto late_job = Begin("loop", std::chrono::milliseconds(1200));
  EXPECT_TRUE(Await(long_job));
  const auto output = Await(late_job);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kDeadlineExceeded);
  ExpectPoolIsSound();
}

TEST_F(WorkerDeath, ManyDeathsLeaveNoZombiesAndNoDescriptors) {
  StartPool(Options(2));
  const std::size_t descriptors = OpenDescriptors();
  for (int round = 0; round < 25; ++round) {
    const auto crash = Begin("abort");
    const auto fine = Begin("fine");
    EXPECT_FALSE(Await(crash));
    EXPECT_TRUE(Await(fine));
  }
  // Zygotes are renewed meanwhile.
  RunUntil([&] { return pool_->stats().workers_alive == 2 && ChildrenOf(::getpid()).size() == 1; });
  EXPECT_EQ(pool_->stats().deaths_by_signal, 25u);
  EXPECT_EQ(OpenDescriptors(), descriptors);
  const auto workers = ChildrenOf(ZygotePid());
  EXPECT_EQ(workers.size(), 2u);
  for (const ProcessEntry& worker : workers) EXPECT_NE(worker.state, 'Z');
}

TEST_F(WorkerDeath, AWorkerKilledWhileIdleCostsNoJob) {
  StartPool(Options(2));
  for (const pid_t worker : WorkerPids()) ::kill(worker, SIGSEGV);
  RunUntil([&] { return pool_->stats().deaths_by_signal == 2; });
  for (int i = 0; i < 4; ++i) ExpectPoolIsSound();
}

TEST_F(WorkerDeath, AJobThatItsWorkerNeverReadIsGivenToAnother) {
  StartPool();
  const pid_t worker = WorkerPids().at(0);
  StopProcess(worker);
  const auto job = Begin("fine");
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  ::kill(worker, SIGKILL);
  const auto output = Await(job);
  ASSERT_TRUE(output) << output.error().detail;
  EXPECT_NE(WorkerOf(*output), std::to_string(worker));
}

TEST_F(WorkerDeath, ADeadlineEndsAStoppedWorkerToo) {
  StartPool();
  StopProcess(WorkerPids().at(0));
  EXPECT_FALSE(Do("fine", std::chrono::milliseconds(50)));
  ExpectPoolIsSound();
}

TEST_F(WorkerDeath, WorkersAreRetiredAfterTheirShareOfJobs) {
  PoolOptions options = Options(1);
  options.jobs_per_worker = 3;
  StartPool(options);
  std::vector<std::string> workers;
  for (int i = 0; i < 9; ++i) {
    const auto output = Do("fine");
    ASSERT_TRUE(output) << output.error().detail;
    workers.push_back(WorkerOf(*output));
  }
  EXPECT_EQ(std::set(workers.begin(), workers.end()).size(), 3u);
  EXPECT_EQ(workers[0], workers[2]);
  EXPECT_NE(workers[2], workers[3]);
  EXPECT_EQ(pool_->stats().deaths_by_signal, 0u);
}

TEST_F(WorkerDeath, ADeadZygoteIsReplacedAndItsJobsAreDoneAgain) {
  StartPool(Options(2));
  const pid_t zygote = ZygotePid();
  const auto under_way = Begin("spin 100");
  const auto queued_1 = Begin("spin 100");
  const auto queued_2 = Begin("fine");
  RunUntil([&] { return pool_->stats().workers_busy == 2; });
  ::kill(zygote, SIGKILL);
  EXPECT_TRUE(Await(under_way));
  EXPECT_TRUE(Await(queued_1));
  EXPECT_TRUE(Await(queued_2));
  EXPECT_EQ(pool_->stats().zygote_restarts, 1u);
  EXPECT_NE(ZygotePid(), zygote);
}

TEST_F(WorkerDeath, AfterSeveralCrashesWorkersComeFromAFreshZygote) {
  StartPool(Options(2));
  const pid_t zygote = ZygotePid();
  const auto under_way = Begin("spin 300");
  RunUntil([&] { return pool_->stats().workers_busy == 1; });
  for (int crashes = 0; crashes < 5; ++crashes) EXPECT_FALSE(Do("abort"));
  RunUntil([&] { return pool_->stats().zygote_restarts == 1; });
  EXPECT_TRUE(Await(under_way));  // the old one's workers finish what they do
  RunUntil([&] {
    const std::vector<ProcessEntry> children = ChildrenOf(::getpid());
    return children.size() == 1 && children[0].pid != zygote && pool_->stats().workers_alive == 2;
  });
  EXPECT_EQ(pool_->stats().zygote_restarts, 1u);
  ExpectPoolIsSound();
}

TEST_F(WorkerDeath, AZygoteThatDoesNotAnswerIsReplacedToo) {
  StartPool();
  const pid_t zygote = ZygotePid();
  const pid_t worker = WorkerPids().at(0);
  ::kill(zygote, SIGSTOP);
  ::kill(worker, SIGKILL);
  ExpectPoolIsSound();
  EXPECT_EQ(pool_->stats().zygote_restarts, 1u);
}

}  // namespace
}  // namespace thimble
