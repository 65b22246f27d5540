#include "observe/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <utility>

#include "async/spawn.h"
#include "observe/measured_origin.h"

namespace thimble {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

RequestRecord Picture(CacheState cache) {
  RequestRecord record;
  record.route = Route::kPicture;
  record.status = 200;
  record.format = ImageFormat::kWebp;
  record.body_bytes = 100;
  record.cache = cache;
  record.total = std::chrono::microseconds(300);
  return record;
}

TEST(Metrics, CountRequestsByRouteStatusAndCode) {
  Metrics metrics;
  metrics.CountRequest(Picture(CacheState::kHit));
  metrics.CountRequest(Picture(CacheState::kHit));
  RequestRecord failed;
  failed.route = Route::kPicture;
  failed.status = 404;
  failed.error = ErrorCode::kOriginalNotFound;
  metrics.CountRequest(failed);
  const std::string text = metrics.Render({});
  EXPECT_THAT(text,
              HasSubstr(R"(thimble_requests_total{code="ok",route="picture",status="200"} 2)"));
  EXPECT_THAT(
      text,
      HasSubstr(
          R"(thimble_requests_total{code="original_not_found",route="picture",status="404"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(thimble_cache_requests_total{state="hit"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(thimble_pictures_total{format="webp"} 2)"));
  EXPECT_THAT(text, HasSubstr("thimble_response_body_bytes_total 200"));
}

TEST(Metrics, CountWhatDiffersInOneLabelApart) {
  Metrics metrics;
  RequestRecord hit = Picture(CacheState::kHit);
  metrics.CountRequest(hit);
  hit.status = 304;
  hit.format.reset();
  metrics.CountRequest(hit);
  hit.status = 200;
  hit.format = ImageFormat::kPng;
  hit.cache = CacheState::kMiss;
  metrics.CountRequest(hit);
  hit.route = Route::kNone;
  metrics.CountRequest(hit);
  const std::string text = metrics.Render({});
  for (const char* line :
       {R"(requests_total{code="ok",route="picture",status="200"} 2)",
        R"(requests_total{code="ok",route="picture",status="304"} 1)",
        R"(requests_total{code="ok",route="none",status="200"} 1)",
        R"(pictures_total{format="webp"} 1)", R"(pictures_total{format="png"} 1)",
        R"(cache_requests_total{state="hit"} 2)", R"(cache_requests_total{state="miss"} 1)"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("jpeg")));  // what never happened is not told
}

TEST(Metrics, MeasureOnlyStagesThatWerePassed) {
  Metrics metrics;
  metrics.CountRequest(Picture(CacheState::kHit));
  RequestRecord made = Picture(CacheState::kMiss);
  made.stages.process = std::chrono::microseconds(9'000);
  metrics.CountRequest(made);
  const std::string text = metrics.Render({});
  EXPECT_THAT(text, HasSubstr("thimble_request_duration_seconds_count 2"));
  EXPECT_THAT(text, HasSubstr(R"(thimble_stage_duration_seconds_count{stage="process"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(thimble_stage_duration_seconds_count{stage="fetch"} 0)"));
}

TEST(Metrics, KeepHealthChecksOutOfTheHistograms) {
  Metrics metrics;
  RequestRecord check;
  check.route = Route::kLiveness;
  check.status = 200;
  metrics.CountRequest(check);
  EXPECT_THAT(metrics.Render({}), HasSubstr("thimble_request_duration_seconds_count 0"));
}

TEST(Metrics, ShowTheServersStateAtEveryRendering) {
  Metrics metrics;
  ServerGauges gauges;
  gauges.workers.workers_alive = 2;
  gauges.workers.jobs_done = 5;
  gauges.workers.batches_done = 2;
  gauges.workers.deaths_by_violation = 1;
  gauges.workers.compared_other_bytes = 3;
  gauges.cache_bytes = 4096;
  gauges.draining = true;
  EXPECT_THAT(metrics.Render(gauges), HasSubstr("thimble_worker_jobs_total 5"));
  EXPECT_THAT(metrics.Render(gauges), HasSubstr("thimble_worker_batches_total 2"));
  gauges.workers.jobs_done = 7;
  const std::string text = metrics.Render(gauges);
  EXPECT_THAT(text, HasSubstr("thimble_worker_jobs_total 7"));
  EXPECT_THAT(text, HasSubstr("thimble_workers_alive 2"));
  EXPECT_THAT(text, HasSubstr(R"(thimble_worker_deaths_total{cause="violation"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(thimble_shadow_compared_total{result="other_bytes"} 3)"));
  EXPECT_THAT(text, HasSubstr("thimble_cache_bytes 4096"));
  EXPECT_THAT(text, HasSubstr("thimble_draining 1"));
}

TEST(Metrics, DescribeTheProcessAndTheBuild) {
  Metrics metrics;
  const std::string text = metrics.Render({});
  EXPECT_THAT(text, HasSubstr("thimble_build_info{version=\"" THIMBLE_VERSION "\"} 1"));
  EXPECT_THAT(text, HasSubstr("process_open_fds "));
  EXPECT_THAT(text, Not(HasSubstr("process_resident_memory_bytes 0\n")));
}

TEST(Metrics, TellWhenKeysRunOutAndHowOftenTheyWereAskedFor) {
  Metrics metrics;
  metrics.CountCredentialsFailure();
  metrics.CountCredentialsRenewal(std::nullopt);
  EXPECT_THAT(metrics.Render({}), Not(HasSubstr("thimble_credentials_expiry_timestamp_seconds ")));
  metrics.CountCredentialsRenewal(
      std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000)));
  const std::string text = metrics.Render({});
  EXPECT_THAT(text, HasSubstr(R"(thimble_credentials_renewals_total{outcome="failed"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(thimble_credentials_renewals_total{outcome="obtained"} 2)"));
  EXPECT_THAT(text, HasSubstr("thimble_credentials_expiry_timestamp_seconds 1000000"));
}

// Answers every key the same way.
class StubOrigin : public Origin {
 public:
  explicit StubOrigin(Expected<Original> answer) : answer_(std::move(answer)) {}
  boost::asio::awaitable<Expected<Original>> Fetch(SourceKey, Deadline) override {
    co_return answer_;
  }
  boost::asio::awaitable<Expected<SourceValidator>> Stat(SourceKey, Deadline) override {
    co_return Fail(ErrorCode::kOriginalGone);
  }

 private:
  Expected<Original> answer_;
};

Expected<Original> FetchThrough(Metrics& metrics, Expected<Original> answer) {
  MeasuredOrigin origin(std::make_unique<StubOrigin>(std::move(answer)), metrics);
  boost::asio::io_context io;
  Expected<Original> result = Fail(ErrorCode::kInternal);
  auto fetch = [&]() -> boost::asio::awaitable<void> {
    SourceKey key{"a.jpg"};
    result = co_await origin.Fetch(std::move(key), Deadline::After(std::chrono::seconds(1)));
  };
  Spawn(io.get_executor(), fetch());
  io.run();
  return result;
}

TEST(MeasuredOrigin, CountsFetchesAndPassesAnswersOn) {
  Metrics metrics;
  EXPECT_TRUE(FetchThrough(metrics, Original{}));
  const Expected<Original> failed = FetchThrough(metrics, Fail(ErrorCode::kOriginTimeout));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kOriginTimeout);
  const std::string text = metrics.Render({});
  EXPECT_THAT(text, HasSubstr("thimble_origin_fetches_total 2"));
  EXPECT_THAT(text, HasSubstr(R"(thimble_origin_failures_total{code="origin_timeout"} 1)"));
}

TEST(Metrics, CountWhatAnOriginTellsByReason) {
  Metrics metrics;
  metrics.CountOriginRefusal("expired_token");
  metrics.CountOriginRefusal("expired_token");
  metrics.CountOriginRepeat("slow_down");
  const std::string text = metrics.Render({});
  EXPECT_THAT(text, HasSubstr(R"(thimble_origin_refusals_total{reason="expired_token"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(thimble_origin_repeats_total{reason="slow_down"} 1)"));
}

}  // namespace
}  // namespace thimble
