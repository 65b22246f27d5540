#include "service/pictures.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <utility>
#include <vector>

#include "async/spawn.h"
#include "service/fakes_test_support.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

const Deadline kFar = Deadline::After(std::chrono::hours(1));

using Result = Expected<PictureOutcome>;

PicturesOptions Options(std::size_t memory_bytes) {
  PicturesOptions options;
  options.memory.max_bytes = memory_bytes;
  return options;
}

class PicturesTest : public testing::Test {
 protected:
  PicturesTest() { origin_.Put("a.jpg", "\"v1\""); }

  void Use(PicturesOptions options) {
    pictures_ =
        std::make_shared<Pictures>(context_.get_executor(), std::move(options), origin_, pool_);
  }

  void Ask(const std::string& key, std::int32_t width = 1280, const std::string& version = {},
           Deadline deadline = kFar) {
    TransformSpec spec;
    spec.width = width;
    auto request = std::make_shared<const PictureRequest>(SourceRef{.key = {key}}, spec, version);
    Spawn(context_.get_executor(), Store(pictures_, std::move(request), deadline, results_));
    Settle();
  }
  const Result& ResultOf(const std::string& key, std::int32_t width = 1280,
                         const std::string& version = {}) {
    Ask(key, width, version);
    return results_.back();
  }
  void Settle() {
    context_.restart();
    context_.poll();
  }

  static asio::awaitable<void> Store(std::shared_ptr<Pictures> pictures, PictureRequestPtr request,
                                     Deadline deadline, std::vector<Result>& results) {
    auto result = co_await pictures->Get(std::move(request), deadline);
    results.push_back(std::move(result));
  }

  static const Picture& PictureOf(const Result& result) { return *result->picture; }
  static std::optional<ErrorCode> ErrorOf(const Result& result) {
    return result ? std::nullopt : std::optional(result.error().code);
  }

  // What coroutines use goes after the context that holds their frames.
  FakeOrigin origin_;
  FakePool pool_;
  std::vector<Result> results_;
  asio::io_context context_;
  PicturesOptions options_ = Options(1 << 20);
  std::shared_ptr<Pictures> pictures_ =
      std::make_shared<Pictures>(context_.get_executor(), options_, origin_, pool_);
};

TEST_F(PicturesTest, WithoutACacheEachRequestIsAMiss) {
  Use(Options(0));
  EXPECT_EQ(ResultOf("a.jpg")->provenance, Provenance::kMade);
  EXPECT_EQ(ResultOf("a.jpg")->provenance, Provenance::kMade);
  EXPECT_EQ(origin_.fetches, 2);
}

TEST_F(PicturesTest, FiveHundredEqualRequestsAreOneFetchAndOneResize) {
  origin_.gate.Close();
  for (int i = 0; i < 500; ++i) Ask("a.jpg", 300);
  EXPECT_TRUE(results_.empty());
  origin_.gate.Open();
  Settle();
  ASSERT_EQ(results_.size(), 500u);
  int misses = 0;
  for (const Result& answer : results_) {
    EXPECT_EQ(&PictureOf(answer), &PictureOf(results_[0]));
    misses += answer->provenance == Provenance::kMade ? 1 : 0;
  }
  EXPECT_EQ(misses, 1);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(pool_.runs, 1);
}

TEST_F(PicturesTest, FiveHundredSizesOfOneOriginalAreOneFetch) {
  origin_.gate.Close();
  for (int i = 1; i <= 250; ++i) Ask("a.jpg", i);
  origin_.gate.Open();
  pool_.gate.Close();
  Settle();
  // These come when the fetch is over but the original is still being worked on.
  for (int i = 251; i <= 500; ++i) Ask("a.jpg", i);
  EXPECT_EQ(pictures_->stats().originals_in_flight, 1);
  pool_.gate.Open();
  Settle();
  ASSERT_EQ(results_.size(), 500u);
  for (const Result& answer : results_) EXPECT_EQ(ErrorOf(answer), std::nullopt);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(pool_.runs, 500);
  EXPECT_EQ(pictures_->stats().originals_in_flight, 0);
}

// The pool shares a decode among jobs with the same bytes that it has when it next hands out.
TEST_F(PicturesTest, SizesThatWaitedForOneOriginalReachThePoolTogether) {
  int together = 0;
  pool_.on_run = [&] {
    if (pool_.runs == 1) asio::post(context_, [&] { together = pool_.runs; });
  };
  origin_.gate.Close();
  for (int i = 1; i <= 8; ++i) Ask("a.jpg", i);
  origin_.gate.Open();
  Settle();
  EXPECT_EQ(together, 8);
  EXPECT_EQ(pool_.sources.size(), 1u);
}

TEST_F(PicturesTest, OriginalsInFlightAreBoundedAndSoIsTheirQueue) {
  options_.max_originals_in_flight = 2;
  options_.max_originals_waiting = 3;
  Use(options_);
  pool_.gate.Close();
  for (const char* key : {"a", "b", "c", "d", "e", "f"}) {
    origin_.Put(key, "\"v\"");
    Ask(key);
  }
  EXPECT_EQ(origin_.fetches, 2);
  EXPECT_EQ(pictures_->stats().originals_in_flight, 2);
  EXPECT_EQ(pictures_->stats().originals_waiting, 3);
  ASSERT_EQ(results_.size(), 1u);  // "f" found no room to wait
  EXPECT_EQ(ErrorOf(results_[0]), ErrorCode::kOverloaded);
  pool_.gate.Open();
  Settle();
  EXPECT_EQ(results_.size(), 6u);
  EXPECT_EQ(origin_.fetches, 5);
  EXPECT_EQ(pictures_->stats().originals_in_flight, 0);
}

TEST_F(PicturesTest, FailuresAreSharedOnceAndNeverKept) {
  origin_.FailWith("b.jpg", ErrorCode::kOriginFailed);
  origin_.gate.Close();
  for (int i = 0; i < 10; ++i) Ask("b.jpg");
  origin_.gate.Open();
  Settle();
  ASSERT_EQ(results_.size(), 10u);
  for (const Result& answer : results_) EXPECT_EQ(ErrorOf(answer), ErrorCode::kOriginFailed);
  EXPECT_EQ(origin_.fetches, 1);
  Ask("b.jpg");
  EXPECT_EQ(origin_.fetches, 2);
  EXPECT_EQ(pictures_->stats().memory.entries, 0u);
}

TEST_F(PicturesTest, AWorkersFailureIsTheAnswer) {
  pool_.failure = ErrorCode::kCorruptImage;
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg")), ErrorCode::kCorruptImage);
  EXPECT_EQ(pictures_->stats().memory.entries, 0u);
  EXPECT_EQ(pictures_->stats().originals_in_flight, 0);
}

TEST_F(PicturesTest, TheTagFollowsTheOriginalAndTheVariant) {
  const auto tag = [this](std::int32_t width) {
    return PictureOf(ResultOf("a.jpg", width)).validator.entity_tag;
  };
  const std::string first = tag(300);
  EXPECT_NE(tag(301), first);
  Use(options_);
  EXPECT_EQ(tag(300), first);
  origin_.Put("a.jpg", "\"v2\"");
  Use(options_);
  EXPECT_NE(tag(300), first);
}

TEST_F(PicturesTest, WhoseTimeIsUpGoesAndTheWorkIsKeptForOthers) {
  pool_.gate.Close();
  Ask("a.jpg");
  Ask("a.jpg", 1280, "", Deadline::At(SteadyClock::now() - std::chrono::seconds(1)));
  ASSERT_EQ(results_.size(), 1u);
  EXPECT_EQ(ErrorOf(results_[0]), ErrorCode::kDeadlineExceeded);
  pool_.gate.Open();
  Settle();
  EXPECT_EQ(ErrorOf(results_[1]), std::nullopt);
  EXPECT_EQ(ResultOf("a.jpg")->provenance, Provenance::kKept);
}

TEST_F(PicturesTest, WhoJoinsHasItsOwnTime) {
  pool_.gate.Close();
  Ask("a.jpg", 1280, "", Deadline::After(std::chrono::milliseconds(20)));
  Ask("a.jpg");
  while (results_.empty()) context_.run_one();
  EXPECT_EQ(ErrorOf(results_[0]), ErrorCode::kDeadlineExceeded);
  pool_.gate.Open();
  Settle();
  ASSERT_EQ(results_.size(), 2u);
  EXPECT_EQ(ErrorOf(results_[1]), std::nullopt);
  EXPECT_EQ(pool_.runs, 1);
}

TEST_F(PicturesTest, AFetchLastsAsLongAsItsLatestWaiter) {
  origin_.gate.Close();
  Ask("a.jpg", 1, "", Deadline::After(std::chrono::milliseconds(20)));
  Ask("a.jpg", 2);
  while (results_.empty()) context_.run_one();
  EXPECT_EQ(origin_.given_up, 0);
  origin_.gate.Open();
  Settle();
  ASSERT_EQ(results_.size(), 2u);
  EXPECT_EQ(ErrorOf(results_[1]), std::nullopt);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(pool_.runs, 1);  // nobody waits for the first size
}

TEST_F(PicturesTest, AFetchThatNobodyWaitsForIsGivenUpWithItsPlace) {
  origin_.gate.Close();
  Ask("a.jpg", 1280, "", Deadline::After(std::chrono::milliseconds(20)));
  while (results_.empty()) context_.run_one();
  EXPECT_EQ(ErrorOf(results_[0]), ErrorCode::kOriginTimeout);
  Settle();
  EXPECT_EQ(origin_.given_up, 1);
  EXPECT_EQ(pictures_->stats().originals_in_flight, 0);
}

TEST_F(PicturesTest, WhoWaitsForRoomAndLeavesMakesRoomInTheQueue) {
  options_.max_originals_in_flight = 1;
  options_.max_originals_waiting = 1;
  Use(options_);
  pool_.gate.Close();
  for (const char* key : {"a", "b", "c"}) origin_.Put(key, "\"v\"");
  Ask("a");
  Ask("b", 1280, "", Deadline::After(std::chrono::milliseconds(20)));
  EXPECT_EQ(pictures_->stats().originals_waiting, 1);
  while (results_.empty()) context_.run_one();
  EXPECT_EQ(ErrorOf(results_[0]), ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(pictures_->stats().originals_waiting, 0);
  Ask("c");
  pool_.gate.Open();
  Settle();
  ASSERT_EQ(results_.size(), 3u);
  EXPECT_EQ(ErrorOf(results_[1]), std::nullopt);
  EXPECT_EQ(ErrorOf(results_[2]), std::nullopt);
  EXPECT_EQ(origin_.fetches, 2);
}

TEST_F(PicturesTest, AtTheDeadlineTheWorkersReasonIsHeard) {
  pool_.gate.Close();
  Ask("a.jpg", 1280, "", Deadline::After(std::chrono::milliseconds(20)));
  while (results_.empty()) context_.run_one();
  EXPECT_EQ(ErrorOf(results_[0]), ErrorCode::kImageTooCostly);
}

TEST_F(PicturesTest, AnOriginalThatCostAWorkerIsRefusedWithoutAFetch) {
  pool_.failure = ErrorCode::kWorkerDied;
  pool_.failure_cost_a_worker = true;
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg", 1)), ErrorCode::kWorkerDied);
  pool_.failure.reset();
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg", 2)), ErrorCode::kWorkerDied);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(origin_.stats, 1);
  EXPECT_EQ(pool_.runs, 1);
  EXPECT_EQ(pictures_->stats().bad_originals.refusals, 1u);
  origin_.Put("a.jpg", "\"v2\"");
  // A fake original's bytes are its key: so these are as bad as before.
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg", 2)), ErrorCode::kWorkerDied);
  EXPECT_EQ(origin_.fetches, 2);
  EXPECT_EQ(pool_.runs, 1);
}

TEST_F(PicturesTest, AnOriginalThatOnlyFailedIsTriedAgain) {
  pool_.failure = ErrorCode::kImageTooCostly;  // of memory: the worker lives
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg", 1)), ErrorCode::kImageTooCostly);
  pool_.failure.reset();
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg", 1)), std::nullopt);
}

TEST_F(PicturesTest, AnUnseenVersionAsksTheOriginOnceForAllSizes) {
  ResultOf("a.jpg", 300);
  ResultOf("a.jpg", 600);
  const Result& checked = ResultOf("a.jpg", 300, "1");
  EXPECT_EQ(checked->provenance, Provenance::kConfirmed);
  EXPECT_EQ(origin_.stats, 1);
  EXPECT_EQ(ResultOf("a.jpg", 300, "1")->provenance, Provenance::kKept);
  EXPECT_EQ(ResultOf("a.jpg", 600, "1")->provenance, Provenance::kKept);
  EXPECT_EQ(origin_.stats, 1);
  EXPECT_EQ(pool_.runs, 2);
}

TEST_F(PicturesTest, AThousandVersionsOfOnePictureCostNoDecoding) {
  ResultOf("a.jpg");
  for (int i = 0; i < 1000; ++i) ResultOf("a.jpg", 1280, std::to_string(i));
  EXPECT_EQ(origin_.stats, 1000);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(pool_.runs, 1);
  EXPECT_EQ(ResultOf("a.jpg", 1280, "0")->provenance, Provenance::kKept);
}

TEST_F(PicturesTest, AVersionOfAChangedOriginalIsMadeAnewAndReplacesWhatWasKept) {
  const std::string before = PictureOf(ResultOf("a.jpg", 300)).validator.entity_tag;
  ResultOf("a.jpg", 600);
  origin_.Put("a.jpg", "\"v2\"");
  EXPECT_EQ(ResultOf("a.jpg", 300)->provenance, Provenance::kKept);  // nobody said a word
  const Result made = ResultOf("a.jpg", 300, "2");
  EXPECT_EQ(made->provenance, Provenance::kMade);
  EXPECT_NE(PictureOf(made).validator.entity_tag, before);
  for (const char* version : {"2", ""}) {
    const Result& now = ResultOf("a.jpg", 300, version);
    EXPECT_EQ(now->provenance, Provenance::kKept) << version;
    EXPECT_EQ(&PictureOf(now), &PictureOf(made)) << version;
  }
  // The other size was made of the old original, though this version has been seen by now.
  EXPECT_EQ(ResultOf("a.jpg", 600, "2")->provenance, Provenance::kMade);
  EXPECT_EQ(pool_.runs, 4);
}

TEST_F(PicturesTest, AVersionOfAnOriginalThatIsGoneIsNotFound) {
  ResultOf("a.jpg");
  origin_.FailWith("a.jpg", ErrorCode::kOriginalNotFound);
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg", 1280, "2")), ErrorCode::kOriginalNotFound);
}

TEST_F(PicturesTest, AVersionThatIsMadeNeedsNoQuestion) {
  EXPECT_EQ(ResultOf("a.jpg", 1280, "1")->provenance, Provenance::kMade);
  EXPECT_EQ(ResultOf("a.jpg", 1280, "1")->provenance, Provenance::kKept);
  EXPECT_EQ(origin_.stats, 0);
}

TEST_F(PicturesTest, AVersionDoesNotJoinWorkOnAnOlderOriginal) {
  pool_.gate.Close();
  Ask("a.jpg");
  origin_.Put("a.jpg", "\"v2\"");
  Ask("a.jpg", 1280, "2");
  pool_.gate.Open();
  Settle();
  ASSERT_EQ(results_.size(), 2u);
  EXPECT_NE(PictureOf(results_[0]).source_tag, PictureOf(results_[1]).source_tag);
  EXPECT_EQ(PictureOf(results_[1]).source_tag, "\"v2\"");
}

TEST_F(PicturesTest, BytesThatAreNoPictureAreCalledPackedWhereTheStoreSaysSo) {
  pool_.failure = ErrorCode::kUnsupportedFormat;
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg")), ErrorCode::kUnsupportedFormat);
  origin_.content_codings = "gzip";
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg")), ErrorCode::kOriginalEncoded);
  pool_.failure = ErrorCode::kCorruptImage;
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg")), ErrorCode::kCorruptImage);
}

TEST_F(PicturesTest, APictureIsServedWhateverTheStoreSaysOfItsPacking) {
  origin_.content_codings = "gzip";
  EXPECT_EQ(ResultOf("a.jpg")->provenance, Provenance::kMade);
}

TEST_F(PicturesTest, ADateInTheFutureIsNotHandedOn) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  origin_.PutAt("past.jpg", now - std::chrono::hours(1));
  origin_.PutAt("future.jpg", now + std::chrono::hours(1));
  EXPECT_TRUE(PictureOf(ResultOf("past.jpg")).validator.last_modified);
  EXPECT_FALSE(PictureOf(ResultOf("future.jpg")).validator.last_modified);
}

// Stores round the time of an upload up to the next second, so that it has not come yet.
TEST_F(PicturesTest, ADateThatIsDueInAMomentBecomesThePresent) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto due = now + std::chrono::seconds(30);
  origin_.PutAt("new.jpg", due);
  const auto modified = PictureOf(ResultOf("new.jpg")).validator.last_modified;
  ASSERT_TRUE(modified);
  EXPECT_GE(*modified, now);
  EXPECT_LT(*modified, due);
}

TEST_F(PicturesTest, WhatWouldWaitTooLongIsRefusedAtOnceAndCostsNothing) {
  options_.admission = {.workers = 1,
                        .standing_wait = std::chrono::milliseconds(50),
                        .burst_wait = std::chrono::milliseconds(100)};
  Use(options_);
  pool_.gate.Close();
  for (int i = 1; i <= 200; ++i) Ask("a.jpg", i);
  const std::size_t refused = results_.size();
  EXPECT_GT(refused, 150u);
  EXPECT_LT(refused, 200u);
  for (const Result& result : results_) EXPECT_EQ(ErrorOf(result), ErrorCode::kOverloaded);
  EXPECT_EQ(pictures_->stats().refused_for_queue, refused);
  EXPECT_EQ(static_cast<std::size_t>(pool_.runs), 200 - refused);
  pool_.gate.Open();
  Settle();
  EXPECT_EQ(results_.size(), 200u);
  for (std::size_t i = refused; i < 200; ++i) EXPECT_EQ(ErrorOf(results_[i]), std::nullopt);
  EXPECT_EQ(pictures_->stats().predicted_wait.count(), 0);
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg", 201)), std::nullopt);
}

TEST_F(PicturesTest, JoiningWorkThatWasTakenCostsNoPlace) {
  options_.admission = {.workers = 1,
                        .standing_wait = std::chrono::milliseconds(1),
                        .burst_wait = std::chrono::milliseconds(1)};
  Use(options_);
  pool_.gate.Close();
  for (int i = 1; i <= 20; ++i) Ask("a.jpg", i);
  const std::size_t refused = results_.size();
  EXPECT_GT(refused, 0u);
  for (int i = 0; i < 20; ++i) Ask("a.jpg", 1);
  EXPECT_EQ(results_.size(), refused);
  pool_.gate.Open();
  Settle();
  EXPECT_EQ(results_.size(), 40u);
  EXPECT_EQ(ErrorOf(results_.back()), std::nullopt);
}

TEST_F(PicturesTest, WhoWaitsForOthersWorkIsCountedToo) {
  options_.max_waiting = 5;
  Use(options_);
  pool_.gate.Close();
  for (int i = 0; i < 7; ++i) Ask("a.jpg");
  EXPECT_EQ(pictures_->stats().waiting, 5);
  ASSERT_EQ(results_.size(), 2u);
  EXPECT_EQ(ErrorOf(results_[0]), ErrorCode::kOverloaded);
  EXPECT_EQ(pictures_->stats().refused_for_waiting, 2u);
  pool_.gate.Open();
  Settle();
  EXPECT_EQ(results_.size(), 7u);
  EXPECT_EQ(pictures_->stats().waiting, 0);
  EXPECT_EQ(ErrorOf(ResultOf("a.jpg")), std::nullopt);
}

}  // namespace
}  // namespace thimble
