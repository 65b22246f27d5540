#include "server/picture_handler.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <vector>

#include "server/fakes_test_support.h"
#include "service/entity_tag.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

const Deadline kFar = Deadline::After(std::chrono::hours(1));

class PictureHandlerTest : public testing::Test {
 protected:
  PictureHandlerTest() { origin_.Put("a.jpg", "\"v1\""); }

  void UseSettings(const Settings& settings) {
    handler_ = std::make_shared<PictureHandler>(context_.get_executor(), settings, origin_, pool_);
  }

  void Ask(const std::string& target, Preconditions preconditions = {}, Deadline deadline = kFar) {
    asio::co_spawn(context_, Store(handler_, target, std::move(preconditions), deadline, answers_),
                   asio::detached);
    Settle();
  }
  const Answer& AnswerTo(const std::string& target, const Preconditions& preconditions = {}) {
    Ask(target, preconditions);
    return answers_.back();
  }
  void Settle() {
    context_.restart();
    context_.poll();
  }

  static asio::awaitable<void> Store(std::shared_ptr<PictureHandler> handler, std::string target,
                                     Preconditions preconditions, Deadline deadline,
                                     std::vector<Answer>& answers) {
    RequestHead head;
    head.method = Method::kGet;
    head.target = target;
    head.preconditions = std::move(preconditions);
    Begun begun = handler->Begin(head);
    if (begun.wanted) {
      auto answer = co_await handler->Finish(std::move(begun), head, deadline);
      answers.push_back(std::move(answer));
    } else {
      answers.push_back(std::move(begun.answer));
    }
  }

  static const Picture& PictureOf(const Answer& answer) {
    return *std::get<SendPicture>(answer.content).picture;
  }
  static std::optional<ErrorCode> ErrorOf(const Answer& answer) {
    const auto* error = std::get_if<Error>(&answer.content);
    return error != nullptr ? std::optional(error->code) : std::nullopt;
  }
  static bool IsNotModified(const Answer& answer) {
    return std::holds_alternative<NotModified>(answer.content);
  }

  // What coroutines use goes after the context that holds their frames.
  FakeOrigin origin_;
  FakePool pool_;
  std::vector<Answer> answers_;
  asio::io_context context_;
  std::shared_ptr<PictureHandler> handler_ =
      std::make_shared<PictureHandler>(context_.get_executor(), Settings{}, origin_, pool_);
};

TEST_F(PictureHandlerTest, AMissIsMadeAndAHitIsNot) {
  const Answer miss = AnswerTo("/resize/a.jpg?size=300");
  EXPECT_EQ(miss.cache, CacheState::kMiss);
  EXPECT_EQ(miss.route, Route::kPicture);
  EXPECT_TRUE(TextOf(PictureOf(miss).bytes).starts_with("picture "));
  const Answer hit = AnswerTo("/resize/a.jpg?size=300");
  EXPECT_EQ(hit.cache, CacheState::kHit);
  EXPECT_EQ(&PictureOf(hit), &PictureOf(miss));
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(pool_.runs, 1);
}

TEST_F(PictureHandlerTest, DifferentWaysOfWritingOneVariantShareIt) {
  AnswerTo("/resize/a.jpg?size=300&quality=80");
  EXPECT_EQ(AnswerTo("/a.jpg/melon/resize/300/quality/80").cache, CacheState::kHit);
  EXPECT_EQ(AnswerTo("/a.jpg?w=300&q=80").cache, CacheState::kHit);
  EXPECT_EQ(AnswerTo("/a.jpg?w=301&q=80").cache, CacheState::kMiss);
}

TEST_F(PictureHandlerTest, WithoutACacheEachRequestIsAMiss) {
  Settings settings;
  settings.cache.memory_bytes = 0;
  UseSettings(settings);
  EXPECT_EQ(AnswerTo("/resize/a.jpg").cache, CacheState::kMiss);
  EXPECT_EQ(AnswerTo("/resize/a.jpg").cache, CacheState::kMiss);
  EXPECT_EQ(origin_.fetches, 2);
}

TEST_F(PictureHandlerTest, FiveHundredEqualRequestsAreOneFetchAndOneResize) {
  origin_.gate.Close();
  for (int i = 0; i < 500; ++i) Ask("/resize/a.jpg?size=300");
  EXPECT_TRUE(answers_.empty());
  origin_.gate.Open();
  Settle();
  ASSERT_EQ(answers_.size(), 500u);
  int misses = 0;
  for (const Answer& answer : answers_) {
    EXPECT_EQ(&PictureOf(answer), &PictureOf(answers_[0]));
    misses += answer.cache == CacheState::kMiss ? 1 : 0;
  }
  EXPECT_EQ(misses, 1);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(pool_.runs, 1);
}

TEST_F(PictureHandlerTest, FiveHundredSizesOfOneOriginalAreOneFetch) {
  origin_.gate.Close();
  for (int i = 1; i <= 250; ++i) Ask("/resize/a.jpg?size=" + std::to_string(i));
  origin_.gate.Open();
  pool_.gate.Close();
  Settle();
  // These come when the fetch is over but the original is still being worked on.
  for (int i = 251; i <= 500; ++i) Ask("/resize/a.jpg?size=" + std::to_string(i));
  EXPECT_EQ(handler_->originals_in_flight(), 1);
  pool_.gate.Open();
  Settle();
  ASSERT_EQ(answers_.size(), 500u);
  for (const Answer& answer : answers_) EXPECT_EQ(ErrorOf(answer), std::nullopt);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(pool_.runs, 500);
  EXPECT_EQ(handler_->originals_in_flight(), 0);
}

// The pool shares a decode among jobs with the same bytes that it has when it next hands out.
TEST_F(PictureHandlerTest, SizesThatWaitedForOneOriginalReachThePoolTogether) {
  int together = 0;
  pool_.on_run = [&] {
    if (pool_.runs == 1) asio::post(context_, [&] { together = pool_.runs; });
  };
  origin_.gate.Close();
  for (int i = 1; i <= 8; ++i) Ask("/resize/a.jpg?size=" + std::to_string(i));
  origin_.gate.Open();
  Settle();
  EXPECT_EQ(together, 8);
  EXPECT_EQ(pool_.sources.size(), 1u);
}

TEST_F(PictureHandlerTest, OriginalsInFlightAreBoundedAndSoIsTheirQueue) {
  Settings settings;
  settings.origin.max_originals_in_flight = 2;
  settings.workers.max_queued_jobs = 3;
  UseSettings(settings);
  pool_.gate.Close();
  for (const char* key : {"a", "b", "c", "d", "e", "f"}) {
    origin_.Put(key, "\"v\"");
    Ask(std::string("/resize/") + key);
  }
  EXPECT_EQ(origin_.fetches, 2);
  EXPECT_EQ(handler_->originals_in_flight(), 2);
  EXPECT_EQ(handler_->originals_waiting(), 3);
  ASSERT_EQ(answers_.size(), 1u);  // "f" found no room to wait
  EXPECT_EQ(ErrorOf(answers_[0]), ErrorCode::kOverloaded);
  pool_.gate.Open();
  Settle();
  EXPECT_EQ(answers_.size(), 6u);
  EXPECT_EQ(origin_.fetches, 5);
  EXPECT_EQ(handler_->originals_in_flight(), 0);
}

TEST_F(PictureHandlerTest, FailuresAreSharedOnceAndNeverKept) {
  origin_.FailWith("b.jpg", ErrorCode::kOriginFailed);
  origin_.gate.Close();
  for (int i = 0; i < 10; ++i) Ask("/resize/b.jpg");
  origin_.gate.Open();
  Settle();
  ASSERT_EQ(answers_.size(), 10u);
  for (const Answer& answer : answers_) EXPECT_EQ(ErrorOf(answer), ErrorCode::kOriginFailed);
  EXPECT_EQ(origin_.fetches, 1);
  Ask("/resize/b.jpg");
  EXPECT_EQ(origin_.fetches, 2);
  EXPECT_EQ(handler_->cache_stats().entries, 0u);
}

TEST_F(PictureHandlerTest, AWorkersFailureIsTheAnswer) {
  pool_.failure = ErrorCode::kCorruptImage;
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg")), ErrorCode::kCorruptImage);
  EXPECT_EQ(handler_->cache_stats().entries, 0u);
  EXPECT_EQ(handler_->originals_in_flight(), 0);
}

TEST_F(PictureHandlerTest, ABadUrlReachesNobody) {
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg?size=0")), ErrorCode::kBadParameter);
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/")), ErrorCode::kBadPath);
  EXPECT_EQ(origin_.fetches, 0);
}

TEST_F(PictureHandlerTest, AMatchingTagOnAMissNeitherFetchesNorResizes) {
  const Picture first = PictureOf(AnswerTo("/resize/a.jpg?size=300"));
  UseSettings({});  // an empty cache
  Preconditions same;
  same.if_none_match = first.validator.entity_tag;
  const Answer& unchanged = AnswerTo("/resize/a.jpg?size=300", same);
  EXPECT_TRUE(IsNotModified(unchanged));
  EXPECT_EQ(unchanged.cache, CacheState::kRevalidated);
  EXPECT_EQ(origin_.stats, 1);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(pool_.runs, 1);
}

TEST_F(PictureHandlerTest, AMatchingTagOnAHitIsNotModified) {
  Preconditions same;
  same.if_none_match = PictureOf(AnswerTo("/resize/a.jpg")).validator.entity_tag;
  const Answer& unchanged = AnswerTo("/resize/a.jpg", same);
  EXPECT_TRUE(IsNotModified(unchanged));
  EXPECT_EQ(unchanged.cache, CacheState::kHit);
  EXPECT_EQ(origin_.stats, 0);
}

TEST_F(PictureHandlerTest, AnotherTagGetsThePicture) {
  Preconditions other;
  other.if_none_match = "\"other\"";
  EXPECT_EQ(AnswerTo("/resize/a.jpg", other).cache, CacheState::kMiss);
  EXPECT_EQ(AnswerTo("/resize/a.jpg", other).cache, CacheState::kHit);
}

TEST_F(PictureHandlerTest, AFailedPreconditionIsAnError) {
  Preconditions other;
  other.if_match = "\"other\"";
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg", other)), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(origin_.fetches, 0);
}

TEST_F(PictureHandlerTest, PreconditionsOnWhatDoesNotExistAreNotFound) {
  Preconditions any;
  any.if_none_match = "*";
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/nothing.jpg", any)), ErrorCode::kOriginalNotFound);
}

TEST_F(PictureHandlerTest, AStarIsJudgedOnlyAgainstAPicture) {
  Preconditions any;
  any.if_none_match = "*";
  pool_.failure = ErrorCode::kUnsupportedFormat;
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg", any)), ErrorCode::kUnsupportedFormat);
  pool_.failure.reset();
  EXPECT_TRUE(IsNotModified(AnswerTo("/resize/a.jpg", any)));
}

TEST_F(PictureHandlerTest, ADateIsJudgedOnlyAgainstAPicture) {
  Preconditions late;
  late.if_modified_since = "Sun, 06 Nov 2044 08:49:37 GMT";
  pool_.failure = ErrorCode::kCorruptImage;
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg", late)), ErrorCode::kCorruptImage);
  pool_.failure.reset();
  EXPECT_TRUE(IsNotModified(AnswerTo("/resize/a.jpg", late)));
}

TEST_F(PictureHandlerTest, TheOriginalsDateDoesNotOutliveTheEngine) {
  Preconditions since;
  since.if_modified_since = "Sun, 06 Nov 1994 08:49:37 GMT";  // when the original was changed
  const Answer made = AnswerTo("/resize/a.jpg", since);
  EXPECT_EQ(made.cache, CacheState::kMiss);
  EXPECT_EQ(PictureOf(made).validator.last_modified, EngineDate());
  EXPECT_FALSE(IsNotModified(AnswerTo("/resize/a.jpg", since)));  // a hit
}

TEST_F(PictureHandlerTest, TheTagFollowsTheOriginalAndTheVariant) {
  const auto tag = [this](const std::string& target) {
    return PictureOf(AnswerTo(target)).validator.entity_tag;
  };
  const std::string first = tag("/resize/a.jpg?size=300");
  EXPECT_NE(tag("/resize/a.jpg?size=301"), first);
  UseSettings({});
  EXPECT_EQ(tag("/resize/a.jpg?size=300"), first);
  origin_.Put("a.jpg", "\"v2\"");
  UseSettings({});
  EXPECT_NE(tag("/resize/a.jpg?size=300"), first);
}

TEST_F(PictureHandlerTest, WhoseTimeIsUpGoesAndTheWorkIsKeptForOthers) {
  pool_.gate.Close();
  Ask("/resize/a.jpg");
  Ask("/resize/a.jpg", {}, Deadline::At(SteadyClock::now() - std::chrono::seconds(1)));
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(ErrorOf(answers_[0]), ErrorCode::kDeadlineExceeded);
  pool_.gate.Open();
  Settle();
  EXPECT_EQ(ErrorOf(answers_[1]), std::nullopt);
  EXPECT_EQ(AnswerTo("/resize/a.jpg").cache, CacheState::kHit);
}

TEST_F(PictureHandlerTest, WhoJoinsHasItsOwnTime) {
  pool_.gate.Close();
  Ask("/resize/a.jpg", {}, Deadline::After(std::chrono::milliseconds(20)));
  Ask("/resize/a.jpg");
  while (answers_.empty()) context_.run_one();
  EXPECT_EQ(ErrorOf(answers_[0]), ErrorCode::kDeadlineExceeded);
  pool_.gate.Open();
  Settle();
  ASSERT_EQ(answers_.size(), 2u);
  EXPECT_EQ(ErrorOf(answers_[1]), std::nullopt);
  EXPECT_EQ(pool_.runs, 1);
}

TEST_F(PictureHandlerTest, AFetchLastsAsLongAsItsLatestWaiter) {
  origin_.gate.Close();
  Ask("/resize/a.jpg?size=1", {}, Deadline::After(std::chrono::milliseconds(20)));
  Ask("/resize/a.jpg?size=2");
  while (answers_.empty()) context_.run_one();
  EXPECT_EQ(origin_.given_up, 0);
  origin_.gate.Open();
  Settle();
  ASSERT_EQ(answers_.size(), 2u);
  EXPECT_EQ(ErrorOf(answers_[1]), std::nullopt);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(pool_.runs, 1);  // nobody waits for the first size
}

TEST_F(PictureHandlerTest, AFetchThatNobodyWaitsForIsGivenUpWithItsPlace) {
  origin_.gate.Close();
  Ask("/resize/a.jpg", {}, Deadline::After(std::chrono::milliseconds(20)));
  while (answers_.empty()) context_.run_one();
  EXPECT_EQ(ErrorOf(answers_[0]), ErrorCode::kOriginTimeout);
  Settle();
  EXPECT_EQ(origin_.given_up, 1);
  EXPECT_EQ(handler_->originals_in_flight(), 0);
}

TEST_F(PictureHandlerTest, WhoWaitsForRoomAndLeavesMakesRoomInTheQueue) {
  Settings settings;
  settings.origin.max_originals_in_flight = 1;
  settings.workers.max_queued_jobs = 1;
  UseSettings(settings);
  pool_.gate.Close();
  for (const char* key : {"a", "b", "c"}) origin_.Put(key, "\"v\"");
  Ask("/resize/a");
  Ask("/resize/b", {}, Deadline::After(std::chrono::milliseconds(20)));
  EXPECT_EQ(handler_->originals_waiting(), 1);
  while (answers_.empty()) context_.run_one();
  EXPECT_EQ(ErrorOf(answers_[0]), ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(handler_->originals_waiting(), 0);
  Ask("/resize/c");
  pool_.gate.Open();
  Settle();
  ASSERT_EQ(answers_.size(), 3u);
  EXPECT_EQ(ErrorOf(answers_[1]), std::nullopt);
  EXPECT_EQ(ErrorOf(answers_[2]), std::nullopt);
  EXPECT_EQ(origin_.fetches, 2);
}

TEST_F(PictureHandlerTest, AtTheDeadlineTheWorkersReasonIsHeard) {
  pool_.gate.Close();
  Ask("/resize/a.jpg", {}, Deadline::After(std::chrono::milliseconds(20)));
  while (answers_.empty()) context_.run_one();
  EXPECT_EQ(ErrorOf(answers_[0]), ErrorCode::kImageTooCostly);
}

TEST_F(PictureHandlerTest, AnOriginalThatCostAWorkerIsRefusedWithoutAFetch) {
  pool_.failure = ErrorCode::kWorkerDied;
  pool_.failure_cost_a_worker = true;
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg?size=1")), ErrorCode::kWorkerDied);
  pool_.failure.reset();
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg?size=2")), ErrorCode::kWorkerDied);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(origin_.stats, 1);
  EXPECT_EQ(pool_.runs, 1);
  EXPECT_EQ(handler_->bad_originals_stats().refusals, 1u);
  origin_.Put("a.jpg", "\"v2\"");
  // A fake original's bytes are its key: so these are as bad as before.
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg?size=2")), ErrorCode::kWorkerDied);
  EXPECT_EQ(origin_.fetches, 2);
  EXPECT_EQ(pool_.runs, 1);
}

TEST_F(PictureHandlerTest, AnOriginalThatOnlyFailedIsTriedAgain) {
  pool_.failure = ErrorCode::kImageTooCostly;  // of memory: the worker lives
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg?size=1")), ErrorCode::kImageTooCostly);
  pool_.failure.reset();
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg?size=1")), std::nullopt);
}

TEST_F(PictureHandlerTest, VariesOnlyWhenTheFormatWasNegotiated) {
  EXPECT_FALSE(AnswerTo("/resize/a.jpg").varies_by_accept);
  EXPECT_TRUE(AnswerTo("/resize/a.jpg?auto=format").varies_by_accept);
}

TEST_F(PictureHandlerTest, AnUnseenVersionAsksTheOriginOnceForAllSizes) {
  AnswerTo("/resize/a.jpg?size=300");
  AnswerTo("/resize/a.jpg?size=600");
  const Answer& checked = AnswerTo("/resize/a.jpg?size=300&v=1");
  EXPECT_EQ(checked.cache, CacheState::kRevalidated);
  EXPECT_EQ(origin_.stats, 1);
  EXPECT_EQ(AnswerTo("/resize/a.jpg?size=300&v=1").cache, CacheState::kHit);
  EXPECT_EQ(AnswerTo("/resize/a.jpg?size=600&v=1").cache, CacheState::kHit);
  EXPECT_EQ(origin_.stats, 1);
  EXPECT_EQ(pool_.runs, 2);
}

TEST_F(PictureHandlerTest, AThousandVersionsOfOnePictureCostNoDecoding) {
  AnswerTo("/resize/a.jpg");
  for (int i = 0; i < 1000; ++i) AnswerTo("/resize/a.jpg?t=" + std::to_string(i));
  EXPECT_EQ(origin_.stats, 1000);
  EXPECT_EQ(origin_.fetches, 1);
  EXPECT_EQ(pool_.runs, 1);
  EXPECT_EQ(AnswerTo("/resize/a.jpg?t=0").cache, CacheState::kHit);
}

TEST_F(PictureHandlerTest, AVersionOfAChangedOriginalIsMadeAnewAndReplacesWhatWasKept) {
  const std::string before = PictureOf(AnswerTo("/resize/a.jpg?size=300")).validator.entity_tag;
  AnswerTo("/resize/a.jpg?size=600");
  origin_.Put("a.jpg", "\"v2\"");
  EXPECT_EQ(AnswerTo("/resize/a.jpg?size=300").cache, CacheState::kHit);  // nobody said a word
  const Answer made = AnswerTo("/resize/a.jpg?size=300&v=2");
  EXPECT_EQ(made.cache, CacheState::kMiss);
  EXPECT_NE(PictureOf(made).validator.entity_tag, before);
  for (const char* target : {"/resize/a.jpg?size=300&v=2", "/resize/a.jpg?size=300"}) {
    const Answer& now = AnswerTo(target);
    EXPECT_EQ(now.cache, CacheState::kHit) << target;
    EXPECT_EQ(&PictureOf(now), &PictureOf(made)) << target;
  }
  // The other size was made of the old original, though this version has been seen by now.
  EXPECT_EQ(AnswerTo("/resize/a.jpg?size=600&v=2").cache, CacheState::kMiss);
  EXPECT_EQ(pool_.runs, 4);
}

TEST_F(PictureHandlerTest, AVersionOfAnOriginalThatIsGoneIsNotFound) {
  AnswerTo("/resize/a.jpg");
  origin_.FailWith("a.jpg", ErrorCode::kOriginalNotFound);
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg?v=2")), ErrorCode::kOriginalNotFound);
}

TEST_F(PictureHandlerTest, AVersionThatIsMadeNeedsNoQuestion) {
  EXPECT_EQ(AnswerTo("/resize/a.jpg?v=1").cache, CacheState::kMiss);
  EXPECT_EQ(AnswerTo("/resize/a.jpg?v=1").cache, CacheState::kHit);
  EXPECT_EQ(origin_.stats, 0);
}

TEST_F(PictureHandlerTest, AVersionDoesNotJoinWorkOnAnOlderOriginal) {
  pool_.gate.Close();
  Ask("/resize/a.jpg");
  origin_.Put("a.jpg", "\"v2\"");
  Ask("/resize/a.jpg?v=2");
  pool_.gate.Open();
  Settle();
  ASSERT_EQ(answers_.size(), 2u);
  EXPECT_NE(PictureOf(answers_[0]).source_tag, PictureOf(answers_[1]).source_tag);
  EXPECT_EQ(PictureOf(answers_[1]).source_tag, "\"v2\"");
}

TEST_F(PictureHandlerTest, AConditionalRequestOfAVersionHearsFromTheOrigin) {
  Preconditions kept;
  kept.if_none_match = PictureOf(AnswerTo("/resize/a.jpg")).validator.entity_tag;
  EXPECT_TRUE(IsNotModified(AnswerTo("/resize/a.jpg?v=1", kept)));
  origin_.Put("a.jpg", "\"v2\"");
  EXPECT_FALSE(IsNotModified(AnswerTo("/resize/a.jpg?v=2", kept)));
  EXPECT_EQ(origin_.stats, 2);
}

TEST_F(PictureHandlerTest, BytesThatAreNoPictureAreCalledPackedWhereTheStoreSaysSo) {
  pool_.failure = ErrorCode::kUnsupportedFormat;
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg")), ErrorCode::kUnsupportedFormat);
  origin_.content_codings = "gzip";
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg")), ErrorCode::kOriginalEncoded);
  pool_.failure = ErrorCode::kCorruptImage;
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg")), ErrorCode::kCorruptImage);
}

TEST_F(PictureHandlerTest, APictureIsServedWhateverTheStoreSaysOfItsPacking) {
  origin_.content_codings = "gzip";
  EXPECT_EQ(AnswerTo("/resize/a.jpg").cache, CacheState::kMiss);
}

TEST_F(PictureHandlerTest, ADateInTheFutureIsNotHandedOn) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  origin_.PutAt("past.jpg", now - std::chrono::hours(1));
  origin_.PutAt("future.jpg", now + std::chrono::hours(1));
  EXPECT_TRUE(PictureOf(AnswerTo("/resize/past.jpg")).validator.last_modified);
  EXPECT_FALSE(PictureOf(AnswerTo("/resize/future.jpg")).validator.last_modified);
}

// Stores round the time of an upload up to the next second, so that it has not come yet.
TEST_F(PictureHandlerTest, ADateThatIsDueInAMomentBecomesThePresent) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto due = now + std::chrono::seconds(30);
  origin_.PutAt("new.jpg", due);
  const auto modified = PictureOf(AnswerTo("/resize/new.jpg")).validator.last_modified;
  ASSERT_TRUE(modified);
  EXPECT_GE(*modified, now);
  EXPECT_LT(*modified, due);
}

}  // namespace
}  // namespace thimble
