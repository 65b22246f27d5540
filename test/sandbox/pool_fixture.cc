#include "pool_fixture.h"

#include <unistd.h>

#include "async/spawn.h"
#include "base/memfd.h"
#include "process_table.h"

namespace thimble {
namespace {

boost::asio::awaitable<void> RunInto(WorkerPool& pool, Job job, Deadline deadline,
                                     std::shared_ptr<std::optional<Expected<JobOutput>>> outcome) {
  Expected<JobOutput> output = co_await pool.Run(std::move(job), deadline);
  outcome->emplace(std::move(output));
}

}  // namespace

PoolOptions PoolFixture::Options(int workers) {
  PoolOptions options;
  options.workers = workers;
  options.worker_program = THIMBLE_TEST_PROGRAMS "/evil_worker";
  options.worker_memory_bytes = 64u << 20;
  options.max_result_bytes = 1u << 20;
  return options;
}

void PoolFixture::StartPool(const PoolOptions& options) {
  auto pool = WorkerPool::Start(context_.get_executor(), options);
  ASSERT_TRUE(pool) << pool.error().detail;
  pool_ = std::move(*pool);
  RunUntil([&] { return pool_->stats().workers_alive == options.workers; });
}

std::shared_ptr<PoolFixture::Outcome> PoolFixture::Begin(std::string_view verb,
                                                         std::chrono::milliseconds within) {
  return std::move(BeginBatch(verb, 1, within).front());
}

std::vector<std::shared_ptr<PoolFixture::Outcome>> PoolFixture::BeginBatch(
    std::string_view verb, int jobs, std::chrono::milliseconds within) {
  const auto original = OriginalOf(verb);
  std::vector<std::shared_ptr<Outcome>> outcomes;
  for (int width = 1; width <= jobs; ++width) {
    Job job;
    job.spec.width = width;
    job.source = original;
    outcomes.push_back(BeginJob(std::move(job), within));
  }
  return outcomes;
}

std::shared_ptr<const SealedBytes> PoolFixture::OriginalOf(std::string_view verb) {
  auto sealed = SealedBytesFrom(BytesOf(verb));
  EXPECT_TRUE(sealed);
  return std::make_shared<const SealedBytes>(std::move(*sealed));
}

std::string PoolFixture::Lengthened(std::string_view verb) {
  return std::string(verb) + ' ' + std::string(kMaxShortBytes, ' ');
}

std::shared_ptr<PoolFixture::Outcome> PoolFixture::BeginJob(Job job,
                                                            std::chrono::milliseconds within) {
  auto outcome = std::make_shared<Outcome>();
  Spawn(context_.get_executor(), RunInto(*pool_, std::move(job), Deadline::After(within), outcome));
  return outcome;
}

Expected<JobOutput> PoolFixture::Await(const std::shared_ptr<Outcome>& outcome) {
  RunUntil([&] { return outcome->has_value(); });
  return std::move(**outcome);
}

Expected<JobOutput> PoolFixture::Do(std::string_view verb, std::chrono::milliseconds within) {
  return Await(Begin(verb, within));
}

void PoolFixture::RunUntil(const std::function<bool()>& condition) {
  while (!condition()) {
    context_.restart();
    context_.run_one();
  }
}

void PoolFixture::ExpectPoolIsSound() {
  const auto output = Do("fine");
  ASSERT_TRUE(output) << output.error().detail;
  EXPECT_EQ(output->format, ImageFormat::kJpeg);
}

std::string PoolFixture::WorkerOf(const JobOutput& output) {
  return {output.bytes.begin() + 3, output.bytes.end()};
}

pid_t PoolFixture::ZygotePid() {
  const std::vector<ProcessEntry> children = ChildrenOf(::getpid());
  EXPECT_EQ(children.size(), 1u) << "the zygote should be the only child";
  return children.empty() ? -1 : children[0].pid;
}

std::vector<pid_t> PoolFixture::WorkerPids() {
  std::vector<pid_t> workers;
  for (const ProcessEntry& child : ChildrenOf(ZygotePid())) workers.push_back(child.pid);
  return workers;
}

}  // namespace thimble
