// A pool whose workers run the evil engine (evil_engine.h): the original's bytes are the verb.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/pool.h"

namespace thimble {

// Far beyond what any job here takes, so that only jobs meant to hang reach their deadline.
inline constexpr std::chrono::milliseconds kAmple{60'000};

class PoolFixture : public testing::Test {
 protected:
  using Outcome = std::optional<Expected<JobOutput>>;

  static PoolOptions Options(int workers = 1);
  void StartPool(const PoolOptions& options = Options());

  // Runs the job to its end.
  Expected<JobOutput> Do(std::string_view verb, std::chrono::milliseconds within = kAmple);
  // Only begins it; the outcome appears while the executor runs.
  std::shared_ptr<Outcome> Begin(std::string_view verb, std::chrono::milliseconds within = kAmple);
  std::shared_ptr<Outcome> BeginJob(Job job, std::chrono::milliseconds within = kAmple);
  Expected<JobOutput> Await(const std::shared_ptr<Outcome>& outcome);
  // Jobs for one original, begun together: widths 1, 2, ...
  std::vector<std::shared_ptr<Outcome>> BeginBatch(std::string_view verb, int jobs,
                                                   std::chrono::milliseconds within = kAmple);
  static std::shared_ptr<const SealedBytes> OriginalOf(std::string_view verb);
  // The same as an original too long for a worker's inbox.
  static std::string Lengthened(std::string_view verb);
  // Runs the executor until `condition` holds.
  void RunUntil(const std::function<bool()>& condition);

  void ExpectPoolIsSound();
  // The worker's process id, which honest results carry.
  static std::string WorkerOf(const JobOutput& output);
  static pid_t ZygotePid();
  static std::vector<pid_t> WorkerPids();

  boost::asio::io_context context_;
  std::unique_ptr<WorkerPool> pool_;
};

}  // namespace thimble
