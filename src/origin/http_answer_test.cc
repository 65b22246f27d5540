#include "origin/http_answer.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <limits>

namespace thimble {
namespace {

Status AddAll(AnswerHead& head, std::initializer_list<std::string_view> lines) {
  for (const std::string_view line : lines) {
    if (Status s = head.AddLine(line); !s) return s;
  }
  return {};
}

// The code that a 200 with these fields ends in.
ErrorCode CodeOf(std::initializer_list<std::string_view> fields) {
  AnswerHead head;
  EXPECT_TRUE(head.AddLine("HTTP/1.1 200 OK\r\n"));
  if (Status s = AddAll(head, fields); !s) return s.error().code;
  if (Status s = head.AddLine("\r\n"); !s) return s.error().code;
  Status body = CheckBodyOf(head, 1000);
  return body ? ErrorCode::kInternal : body.error().code;
}
constexpr ErrorCode kAccepted = ErrorCode::kInternal;

TEST(AnswerHead, ReadsWhatTellsOneVersionFromAnother) {
  AnswerHead head;
  ASSERT_TRUE(AddAll(head, {"HTTP/1.1 200 OK\r\n", "etag: \"abc\"\r\n", "Content-Length: 12\r\n",
                            "LAST-MODIFIED:  Sun, 06 Nov 1994 08:49:37 GMT \r\n",
                            "Date: Sun, 06 Nov 1994 08:50:00 GMT\r\n", "\r\n"}));
  EXPECT_TRUE(head.complete());
  EXPECT_EQ(head.status(), 200);
  EXPECT_EQ(head.entity_tag(), "\"abc\"");
  EXPECT_EQ(head.content_length(), 12u);
  EXPECT_EQ(head.last_modified()->time_since_epoch().count(), 784111777);
  EXPECT_EQ(head.date()->time_since_epoch().count(), 784111800);
  EXPECT_EQ(head.content_codings(), "");
}

TEST(AnswerHead, AnInterimAnswerIsNotTheAnswer) {
  AnswerHead head;
  ASSERT_TRUE(AddAll(head, {"HTTP/1.1 103 Early Hints", "ETag: \"early\"", ""}));
  EXPECT_FALSE(head.complete());
  ASSERT_TRUE(AddAll(head, {"HTTP/1.1 404 Not Found", ""}));
  EXPECT_TRUE(head.complete());
  EXPECT_EQ(head.status(), 404);
  EXPECT_EQ(head.entity_tag(), "");
}

TEST(AnswerHead, TrailersChangeNothing) {
  AnswerHead head;
  ASSERT_TRUE(AddAll(head, {"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "",
                            "Content-Length: 5", "ETag: \"late\"", ""}));
  EXPECT_FALSE(head.content_length());
  EXPECT_EQ(head.entity_tag(), "");
}

TEST(AnswerHead, ADateThatIsNoneIsPassedOver) {
  AnswerHead head;
  ASSERT_TRUE(AddAll(head, {"HTTP/1.1 200 OK", "Last-Modified: yesterday-ish", ""}));
  EXPECT_FALSE(head.last_modified());
}

TEST(AnswerHead, RefusesAStatusLineWithoutAStatus) {
  for (const std::string_view line : {"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 2", "HTTP/1.1 abc OK",
                                      "HTTP/1.1 20x", "HTTP/1.1 -20 OK", "HTTP/1.1 099 OK"}) {
    AnswerHead head;
    EXPECT_FALSE(head.AddLine(line)) << line;
  }
}

TEST(AnswerHead, RefusesAHeaderLineWithoutAColon) {
  EXPECT_EQ(CodeOf({"nonsense"}), ErrorCode::kOriginFailed);
}

TEST(AnswerHead, AcceptsALengthOrChunks) {
  EXPECT_EQ(CodeOf({"Content-Length: 0"}), kAccepted);
  EXPECT_EQ(CodeOf({"Content-Length: 1000"}), kAccepted);
  EXPECT_EQ(CodeOf({"Transfer-Encoding: Chunked"}), kAccepted);
}

TEST(AnswerHead, RefusesAmbiguousLengths) {
  EXPECT_EQ(CodeOf({"Content-Length: 5", "Content-Length: 6"}), ErrorCode::kOriginFailed);
  EXPECT_EQ(CodeOf({"Content-Length: 5", "Content-Length: 5"}), ErrorCode::kOriginFailed);
  EXPECT_EQ(CodeOf({"Content-Length: 5, 5"}), ErrorCode::kOriginFailed);
  EXPECT_EQ(CodeOf({"Content-Length: 5", "Transfer-Encoding: chunked"}), ErrorCode::kOriginFailed);
  EXPECT_EQ(CodeOf({"Transfer-Encoding: chunked", "Content-Length: 5"}), ErrorCode::kOriginFailed);
}

TEST(AnswerHead, RefusesLengthsThatAreNoNumber) {
  for (const std::string_view field :
       {"Content-Length:", "Content-Length: -1", "Content-Length: +1", "Content-Length: 0x10",
        "Content-Length: 1 2"}) {
    EXPECT_EQ(CodeOf({field}), ErrorCode::kOriginFailed) << field;
  }
}

TEST(AnswerHead, RefusesOtherTransferEncodings) {
  for (const std::string_view field :
       {"Transfer-Encoding: xchunked", "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity", "Transfer-Encoding: chunked, chunked"}) {
    EXPECT_EQ(CodeOf({field}), ErrorCode::kOriginFailed) << field;
  }
  EXPECT_EQ(CodeOf({"Transfer-Encoding: chunked", "Transfer-Encoding: chunked"}),
            ErrorCode::kOriginFailed);
}

TEST(CheckBodyOf, RefusesABodyOverTheCapBeforeReadingIt) {
  EXPECT_EQ(CodeOf({"Content-Length: 1001"}), ErrorCode::kOriginalTooLarge);
  EXPECT_EQ(CodeOf({"Content-Length: 99999999999999999999999999"}), ErrorCode::kOriginalTooLarge);
}

TEST(CheckBodyOf, RefusesABodyWhoseEndCannotBeChecked) {
  EXPECT_EQ(CodeOf({"Connection: close"}), ErrorCode::kOriginIncomplete);
}

std::string CodingsOf(std::initializer_list<std::string_view> fields) {
  AnswerHead head;
  EXPECT_TRUE(AddAll(head, {"HTTP/1.1 200 OK"}));
  EXPECT_TRUE(AddAll(head, fields));
  return head.content_codings();
}

TEST(ContentEncoding, IsAListOfCodings) {
  EXPECT_EQ(CodingsOf({"Content-Encoding: gzip"}), "gzip");
  EXPECT_EQ(CodingsOf({"content-encoding: GZip , br"}), "gzip, br");
  EXPECT_EQ(CodingsOf({"Content-Encoding: aws-chunked,zstd"}), "zstd");
  EXPECT_EQ(CodingsOf({"Content-Encoding: deflate", "Content-Encoding: compress"}),
            "deflate, compress");
  EXPECT_EQ(CodingsOf({"Content-Encoding: br,br,,br"}), "br");
}

TEST(ContentEncoding, ThatChangesNoByteIsNone) {
  for (const std::string_view field :
       {"Content-Encoding: identity", "Content-Encoding: ", "Content-Encoding: aws-chunked",
        "Content-Encoding: aws-chunked,", "Content-Encoding: utf-8", "Content-Encoding: UTF-8, ,",
        "Content-Encoding: base64", "Content-Encoding: binary", "Content-Encoding: image/jpeg",
        "Content-Encoding: none", "Content-Encoding: gzipped"}) {
    EXPECT_EQ(CodingsOf({field}), "") << field;
  }
}

}  // namespace
}  // namespace thimble
