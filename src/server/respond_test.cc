#include "server/respond.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thimble {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr ErrorCode kForbidden = ErrorCode::kOriginalForbidden;

class RespondTest : public testing::Test {
 protected:
  static Answer PictureAnswer() {
    auto picture = std::make_shared<Picture>();
    picture->bytes = {1, 2, 3};
    picture->format = ImageFormat::kWebp;
    picture->validator = {
        .entity_tag = "\"tag\"",
        .last_modified = std::chrono::sys_seconds{std::chrono::seconds(784'111'777)}};
    picture->annotation = PictureFields(*picture, AnswerSettings{});
    Answer answer;
    answer.content = SendPicture{picture};
    answer.cache = CacheState::kHit;
    return answer;
  }
  static Answer ErrorAnswer(ErrorCode code) {
    Answer answer;
    answer.content = Error{code, "secret detail"};
    return answer;
  }

  const Response& Render(const Answer& answer) {
    responder_.Render(answer, exchange_, response_);
    EXPECT_TRUE(response_.head.ends_with("\r\n\r\n"));
    return response_;
  }

  Responder responder_{AnswerSettings{}, false};
  Exchange exchange_{.accept = {}, .request_id = "id-1"};
  Response response_;
};

TEST_F(RespondTest, APictureHasItsFields) {
  const std::string& head = Render(PictureAnswer()).head;
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  for (const char* field :
       {"Content-Type: image/webp\r\n", "Content-Length: 3\r\n", "ETag: \"tag\"\r\n",
        "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
        "Cache-Control: public, max-age=86400, s-maxage=31536000\r\n", "Accept-Ranges: none\r\n",
        "X-Content-Type-Options: nosniff\r\n",
        "Content-Security-Policy: default-src 'none'; sandbox\r\n",
        "Access-Control-Allow-Origin: *\r\n", "Access-Control-Expose-Headers: *\r\n",
        "Timing-Allow-Origin: *\r\n", "Cross-Origin-Resource-Policy: cross-origin\r\n",
        "Server-Timing: cache;desc=hit\r\n", "X-Request-ID: id-1\r\n"}) {
    EXPECT_THAT(head, HasSubstr(field));
  }
  EXPECT_THAT(head, Not(HasSubstr("Vary")));
  EXPECT_THAT(head, Not(HasSubstr("Connection")));
}

TEST_F(RespondTest, APicturesBytesAreSentFromWhereTheyAre) {
  const Answer answer = PictureAnswer();
  const Response& response = Render(answer);
  const auto& picture = *std::get<SendPicture>(answer.content).picture;
  EXPECT_EQ(BodyOf(answer, response, false).data(), picture.bytes.data());
  EXPECT_TRUE(BodyOf(answer, response, true).empty());
}

TEST_F(RespondTest, APictureWhoseUrlNamesAVersionMayBeKeptByAllForAsLong) {
  Answer answer = PictureAnswer();
  answer.names_version = true;
  EXPECT_THAT(Render(answer).head,
              HasSubstr("Cache-Control: public, max-age=31536000, immutable\r\n"));
  answer.content = NotModified{{.entity_tag = "\"tag\"", .last_modified = std::nullopt}};
  EXPECT_THAT(Render(answer).head, HasSubstr(", immutable\r\n"));
}

TEST_F(RespondTest, VaryIsThereOnlyWhenTheFormatWasNegotiated) {
  Answer answer = PictureAnswer();
  answer.varies_by_accept = true;
  EXPECT_THAT(Render(answer).head, HasSubstr("Vary: Accept\r\n"));
}

TEST_F(RespondTest, TimesAreToldWhereThereWasWork) {
  Answer answer = PictureAnswer();
  answer.cache = CacheState::kMiss;
  answer.stages = {.fetch = std::chrono::microseconds(12'340),
                   .queue = std::chrono::microseconds(0),
                   .process = std::chrono::microseconds(5'000)};
  EXPECT_THAT(Render(answer).head,
              HasSubstr("Server-Timing: fetch;dur=12.3, queue;dur=0.0, process;dur=5.0, "
                        "cache;desc=miss\r\n"));
}

TEST_F(RespondTest, NotModifiedHasValidatorsAndNoBody) {
  Answer answer;
  answer.content = NotModified{{.entity_tag = "\"tag\"", .last_modified = std::nullopt}};
  answer.cache = CacheState::kRevalidated;
  const Response& response = Render(answer);
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_THAT(response.head, HasSubstr("ETag: \"tag\"\r\n"));
  EXPECT_THAT(response.head,
              HasSubstr("Cache-Control: public, max-age=86400, s-maxage=31536000\r\n"));
  EXPECT_THAT(response.head, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(response.head, Not(HasSubstr("Last-Modified")));
  EXPECT_TRUE(BodyOf(answer, response, false).empty());
}

TEST_F(RespondTest, ConnectionIsNamedWhereItIsNotTheVersionsDefault) {
  exchange_.keep_alive = false;
  EXPECT_THAT(Render(PictureAnswer()).head, HasSubstr("Connection: close\r\n"));
  exchange_.minor_version = 0;
  EXPECT_THAT(Render(PictureAnswer()).head, HasSubstr("Connection: close\r\n"));
  exchange_.keep_alive = true;
  EXPECT_THAT(Render(PictureAnswer()).head, HasSubstr("Connection: keep-alive\r\n"));
}

TEST_F(RespondTest, AnErrorTellsItsCodeAndNothingElse) {
  const Response& response = Render(ErrorAnswer(ErrorCode::kCorruptImage));
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 422 "));
  EXPECT_THAT(response.head, HasSubstr("X-Error: corrupt_image\r\n"));
  EXPECT_THAT(response.head, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(response.head, HasSubstr("Cache-Control: no-store\r\n"));
  EXPECT_THAT(response.head, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_EQ(response.text, "corrupt_image: The original is damaged.\nrequest id-1\n");
  EXPECT_THAT(response.head + response.text, Not(HasSubstr("secret")));
}

TEST_F(RespondTest, AnErrorIsJsonForWhoAsksForIt) {
  exchange_.accept = "application/json";
  const Response& response = Render(ErrorAnswer(ErrorCode::kCorruptImage));
  EXPECT_THAT(response.head, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_EQ(response.text,
            "{\"error\":\"corrupt_image\",\"message\":\"The original is damaged.\","
            "\"request_id\":\"id-1\"}\n");
}

TEST_F(RespondTest, ARefusedUrlIsToldWhatIsWrongWithIt) {
  Answer answer;
  answer.content = Error{ErrorCode::kUnknownParameter, "There is no parameter 'x'."};
  EXPECT_EQ(Render(answer).text, "unknown_parameter: There is no parameter 'x'.\nrequest id-1\n");
}

TEST_F(RespondTest, WhatDoesNotExistMayBeKeptShortly) {
  for (const ErrorCode code : {ErrorCode::kOriginalNotFound, ErrorCode::kOriginalGone}) {
    const std::string& head = Render(ErrorAnswer(code)).head;
    EXPECT_THAT(head, HasSubstr("Cache-Control: public, max-age=60\r\nVary: Accept\r\n"));
  }
}

TEST_F(RespondTest, AForbiddenOriginalLooksLikeNoneUnlessTheOperatorShowsIt) {
  EXPECT_THAT(Render(ErrorAnswer(kForbidden)).head, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(response_.head + response_.text, Not(HasSubstr("forbidden")));
  Responder open(AnswerSettings{}, true);
  open.Render(ErrorAnswer(kForbidden), exchange_, response_);
  EXPECT_THAT(response_.head, StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(response_.head, HasSubstr("X-Error: original_forbidden\r\n"));
}

TEST_F(RespondTest, OverloadSaysWhenToComeBack) {
  EXPECT_THAT(Render(ErrorAnswer(ErrorCode::kOverloaded)).head,
              testing::ContainsRegex("Retry-After: [1-5]\r\n"));
}

TEST_F(RespondTest, AnotherMethodIsToldTheMethods) {
  EXPECT_THAT(Render(ErrorAnswer(ErrorCode::kMethodNotAllowed)).head,
              HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
}

TEST_F(RespondTest, OptionsAreMethodsAndPermissions) {
  Answer answer;
  answer.content = Capabilities{};
  const std::string& head = Render(answer).head;
  EXPECT_THAT(head, StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(head, HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
  EXPECT_THAT(head, HasSubstr("Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"));
  EXPECT_THAT(head, HasSubstr("Access-Control-Allow-Headers: *\r\n"));
}

TEST_F(RespondTest, WithoutAnAllowedOriginNothingIsSaidOfOrigins) {
  Responder closed({.allow_origin = ""}, false);
  closed.Render(ErrorAnswer(ErrorCode::kInternal), exchange_, response_);
  EXPECT_THAT(response_.head, Not(HasSubstr("Cross-Origin")));
  EXPECT_THAT(response_.head, Not(HasSubstr("Access-Control")));
  EXPECT_THAT(response_.head, Not(HasSubstr("Timing-Allow-Origin")));
}

}  // namespace
}  // namespace thimble
