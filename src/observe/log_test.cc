#include "observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace thimble {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

RequestRecord GoodRequest() {
  RequestRecord record;
  record.route = Route::kPicture;
  record.method = "GET";
  record.path = "/resize/a%20b.jpg";
  record.variant = "w300_q80";
  record.request_id = "abc-1";
  record.remote_address = "192.0.2.7";
  record.status = 200;
  record.format = ImageFormat::kJpeg;
  record.body_bytes = 1234;
  record.cache = CacheState::kMiss;
  record.stages.process = std::chrono::microseconds(12'500);
  record.total = std::chrono::microseconds(20'250);
  return record;
}

// What a Log made of `settings` writes to standard error.
template <class Use>
std::string Written(LogSettings settings, Use use) {
  ::testing::internal::CaptureStderr();
  {
    const auto log = Log::Start(settings);
    EXPECT_TRUE(log);
    if (log) use(**log);
  }
  return ::testing::internal::GetCapturedStderr();
}

TEST(RequestLine, SaysWhatHappenedInText) {
  EXPECT_EQ(RequestAsText(GoodRequest()),
            "GET /resize/a%20b.jpg 200 ok 1234B jpeg miss total=20.2ms fetch=0.0 queue=0.0 "
            "process=12.5 id=abc-1 from=192.0.2.7 variant=\"w300_q80\"");
}

TEST(RequestLine, SaysWhatHappenedInJson) {
  RequestRecord record = GoodRequest();
  record.status = 502;
  record.error = ErrorCode::kOriginFailed;
  record.error_detail = "status 500";
  record.complete = false;
  const json line = json::parse(RequestAsJson(record));
  EXPECT_EQ(line["request_id"], "abc-1");
  EXPECT_EQ(line["remote"], "192.0.2.7");
  EXPECT_EQ(line["path"], "/resize/a%20b.jpg");
  EXPECT_EQ(line["status"], 502);
  EXPECT_EQ(line["code"], "origin_failed");
  EXPECT_EQ(line["detail"], "status 500");
  EXPECT_EQ(line["complete"], false);
  EXPECT_EQ(line["total_ms"], 20.25);
}

TEST(RequestLine, NeverHoldsTheQueryOrTheUser) {
  RequestRecord record = GoodRequest();
  for (const char* path :
       {"/a.jpg?X-Amz-Signature=CANARY", "http://CANARY:CANARY@host/a.jpg", "http://CANARY@host"}) {
    record.path = path;
    EXPECT_THAT(RequestAsText(record), Not(HasSubstr("CANARY"))) << path;
    EXPECT_THAT(RequestAsJson(record), Not(HasSubstr("CANARY"))) << path;
  }
}

TEST(RequestLine, StaysOneLineWhateverIsSent) {
  RequestRecord record = GoodRequest();
  record.path = "/a\r\n2024 forged \x1b[31m\xff";
  record.error_detail = "b\nc";
  EXPECT_THAT(RequestAsText(record), Not(HasSubstr("\n")));
  EXPECT_THAT(RequestAsText(record), HasSubstr("/a\\x0d\\x0a2024 forged \\x1b[31m\\xff"));
  EXPECT_THAT(RequestAsJson(record), Not(HasSubstr("\n")));
  EXPECT_FALSE(json::parse(RequestAsJson(record), nullptr, false).is_discarded());
}

TEST(Log, WritesWholeJsonObjects) {
  const std::string text = Written({.format = LogSettings::Format::kJson}, [](Log& log) {
    log.Request(GoodRequest());
    log.Warning("too many \"files\"\n");
  });
  const std::size_t newline = text.find('\n');
  const json request = json::parse(text.substr(0, newline));
  EXPECT_EQ(request["level"], "info");
  EXPECT_EQ(request["status"], 200);
  EXPECT_TRUE(request["time"].get<std::string>().ends_with("Z"));
  const json warning = json::parse(text.substr(newline + 1));
  EXPECT_EQ(warning["level"], "warning");
  EXPECT_EQ(warning["message"], "too many \"files\"\n");
}

TEST(Log, KeepsQuietBelowItsLevelButAnnounces) {
  const std::string text = Written({.level = LogSettings::Level::kError}, [](Log& log) {
    log.Request(GoodRequest());
    log.Warning("unheard");
    log.Announce("ready on http://127.0.0.1:8080");
  });
  EXPECT_THAT(text, HasSubstr("thimble: ready on http://127.0.0.1:8080\n"));
  EXPECT_THAT(text, Not(HasSubstr("unheard")));
  EXPECT_THAT(text, Not(HasSubstr("a%20b.jpg")));
}

TEST(Log, ChangesItsLevelAndFormatWhileItRuns) {
  const std::string text = Written({}, [](Log& log) {
    log.Info("as text");
    log.Apply({.format = LogSettings::Format::kJson, .level = LogSettings::Level::kWarning});
    log.Info("unheard");
    log.Warning("as json");
  });
  EXPECT_THAT(text, HasSubstr("thimble: as text\n{"));
  EXPECT_THAT(text, HasSubstr(R"("message":"as json")"));
  EXPECT_THAT(text, Not(HasSubstr("unheard")));
}

TEST(Log, LeavesHealthChecksOutUnlessTheyFail) {
  RequestRecord check = GoodRequest();
  check.route = Route::kReadiness;
  EXPECT_THAT(Written({}, [&](Log& log) { log.Request(check); }), IsEmpty());
  check.status = 503;
  check.error = ErrorCode::kOverloaded;
  EXPECT_THAT(Written({}, [&](Log& log) { log.Request(check); }), HasSubstr("warning"));
}

}  // namespace
}  // namespace thimble
