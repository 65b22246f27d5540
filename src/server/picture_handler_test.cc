#include "server/picture_handler.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "async/spawn.h"
#include "service/entity_tag.h"
#include "service/fakes_test_support.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

const Deadline kFar = Deadline::After(std::chrono::hours(1));

class PictureHandlerTest : public testing::Test {
 protected:
  PictureHandlerTest() { origin_.Put("a.jpg", "\"v1\""); }

  std::shared_ptr<PictureHandler> MakeHandler() {
    PicturesOptions options;
    options.memory.max_bytes = 1 << 20;
    auto pictures =
        std::make_shared<Pictures>(context_.get_executor(), std::move(options), origin_, pool_);
    return std::make_shared<PictureHandler>(UrlPolicy{}, std::move(pictures));
  }

  void Ask(const std::string& target, Preconditions preconditions = {}, Deadline deadline = kFar) {
    Spawn(context_.get_executor(),
          Store(handler_, target, std::move(preconditions), deadline, answers_));
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
    if (begun.target) {
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
  std::shared_ptr<PictureHandler> handler_ = MakeHandler();
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

TEST_F(PictureHandlerTest, ABadUrlReachesNobody) {
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/a.jpg?size=0")), ErrorCode::kBadParameter);
  EXPECT_EQ(ErrorOf(AnswerTo("/resize/")), ErrorCode::kBadPath);
  EXPECT_EQ(origin_.fetches, 0);
}

TEST_F(PictureHandlerTest, AMatchingTagOnAMissNeitherFetchesNorResizes) {
  const Picture first = PictureOf(AnswerTo("/resize/a.jpg?size=300"));
  handler_ = MakeHandler();  // an empty cache
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

TEST_F(PictureHandlerTest, VariesOnlyWhenTheFormatWasNegotiated) {
  EXPECT_FALSE(AnswerTo("/resize/a.jpg").varies_by_accept);
  EXPECT_TRUE(AnswerTo("/resize/a.jpg?auto=format").varies_by_accept);
}

TEST_F(PictureHandlerTest, AConditionalRequestOfAVersionHearsFromTheOrigin) {
  Preconditions kept;
  kept.if_none_match = PictureOf(AnswerTo("/resize/a.jpg")).validator.entity_tag;
  EXPECT_TRUE(IsNotModified(AnswerTo("/resize/a.jpg?v=1", kept)));
  origin_.Put("a.jpg", "\"v2\"");
  EXPECT_FALSE(IsNotModified(AnswerTo("/resize/a.jpg?v=2", kept)));
  EXPECT_EQ(origin_.stats, 2);
}

}  // namespace
}  // namespace thimble
