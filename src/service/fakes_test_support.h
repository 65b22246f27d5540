// An origin and a worker pool that a test holds in its hands.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "async/wait_list.h"
#include "origin/origin.h"
#include "spec/canonical_text.h"
#include "worker/pool.h"

namespace thimble {

// While closed, whoever comes waits.
class Gate {
 public:
  void Close() { open_ = false; }
  void Open() {
    open_ = true;
    waiting_.WakeAll();
  }
  // False: the deadline passed before the gate was opened.
  boost::asio::awaitable<bool> Pass(Deadline deadline) {
    if (open_) co_return true;
    const bool opened = co_await waiting_.Wait(deadline);
    co_return opened;
  }

 private:
  bool open_ = true;
  WaitList waiting_;
};

class FakeOrigin final : public Origin {
 public:
  void Put(const std::string& key, std::string entity_tag) {
    validators_[key] = {
        .entity_tag = std::move(entity_tag),
        .last_modified = std::chrono::sys_seconds{std::chrono::seconds(784'111'777)}};
  }
  void FailWith(const std::string& key, ErrorCode code) { failures_[key] = code; }
  void PutAt(const std::string& key, std::chrono::sys_seconds last_modified) {
    validators_[key] = {.entity_tag = "\"t\"", .last_modified = last_modified};
  }

  boost::asio::awaitable<Expected<Original>> Fetch(SourceKey key, Deadline deadline) override {
    ++fetches;
    latest_remaining = deadline.remaining();
    const bool passed = co_await gate.Pass(deadline);
    if (!passed) ++given_up;
    if (!passed) co_return Fail(ErrorCode::kOriginTimeout);
    auto validator = Look(key.bytes);
    if (!validator) co_return Forward(validator);
    auto bytes = SealedBytesFrom(BytesOf(key.bytes));
    if (!bytes) co_return Forward(bytes);
    co_return Original{.bytes = std::make_shared<const SealedBytes>(std::move(*bytes)),
                       .validator = *validator,
                       .content_codings = content_codings};
  }

  boost::asio::awaitable<Expected<SourceValidator>> Stat(SourceKey key, Deadline) override {
    ++stats;
    co_return Look(key.bytes);
  }

  Gate gate;  // of Fetch
  std::string content_codings;
  std::atomic<int> fetches = 0;
  std::atomic<int> given_up = 0;  // of these: cancelled, or out of time
  std::atomic<int> stats = 0;
  std::atomic<std::chrono::milliseconds> latest_remaining{};  // what the latest Fetch was given

 private:
  Expected<SourceValidator> Look(const std::string& key) const {
    if (const auto failure = failures_.find(key); failure != failures_.end()) {
      return Fail(failure->second, "secret detail of " + key);
    }
    if (const auto found = validators_.find(key); found != validators_.end()) return found->second;
    return Fail(ErrorCode::kOriginalNotFound);
  }

  std::map<std::string, SourceValidator> validators_;
  std::map<std::string, ErrorCode> failures_;
};

// "Resizes" to a text that names the variant, followed by `padding` bytes.
class FakePool final : public WorkerPool {
 public:
  boost::asio::awaitable<JobResult> Run(Job job, Deadline deadline) override {
    ++runs;
    latest_work_limit = job.work_limit;
    sources.insert(job.source);
    if (on_run) on_run();
    const bool passed = co_await gate.Pass(deadline);
    if (!passed) ++given_up;
    if (!passed) co_return Fail(ErrorCode::kImageTooCostly);
    if (failure) co_return tl::unexpected(JobFailure(Error{*failure, {}}, failure_cost_a_worker));
    const std::string text = "picture " + CanonicalText(job.spec) + std::string(padding, '.');
    JobOutput output;
    output.bytes.assign(text.begin(), text.end());
    output.format = job.spec.format.value_or(ImageFormat::kJpeg);
    co_return output;
  }
  PoolStats stats() const override { return pool_stats; }
  std::string sandbox_summary() const override { return "none"; }
  const std::string& libraries() const override { return library_names; }
  void Stop() override {}

  Gate gate;
  std::atomic<int> runs = 0;
  std::atomic<int> given_up = 0;  // of these: cancelled, or out of time
  std::atomic<std::chrono::milliseconds> latest_work_limit{};
  std::set<std::shared_ptr<const SealedBytes>> sources;
  std::function<void()> on_run;
  std::optional<ErrorCode> failure;
  bool failure_cost_a_worker = false;
  std::size_t padding = 0;
  std::string library_names = "fake 1";
  PoolStats pool_stats{.workers_alive = 1};
};

}  // namespace thimble
