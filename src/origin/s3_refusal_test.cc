#include "origin/s3_refusal.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace thimble {
namespace {

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(784111777)};

AnswerHead Head(std::initializer_list<std::string_view> lines) {
  AnswerHead head;
  for (const std::string_view line : lines) EXPECT_TRUE(head.AddLine(line));
  return head;
}

TEST(DescribeRefusal, NamesTheStoresErrorCode) {
  const AnswerHead head = Head({"HTTP/1.1 403 Forbidden", ""});
  EXPECT_EQ(DescribeRefusal(
                head, "<?xml?><Error><Code>SignatureDoesNotMatch</Code><Message>m</Message>", kNow),
            "403 SignatureDoesNotMatch");
}

TEST(DescribeRefusal, LetsNoOtherTextThrough) {
  const AnswerHead head = Head({"HTTP/1.1 404 Not Found", ""});
  for (const std::string_view text :
       {"", "plain", "<Code>two words</Code>", "<Code>line\nbreak</Code>", "<Code></Code>",
        "<Code>x\x1b[31m</Code>"}) {
    EXPECT_EQ(DescribeRefusal(head, text, kNow), "404") << text;
  }
  EXPECT_EQ(DescribeRefusal(head, "<Code>" + std::string(1000, 'x'), kNow), "404");
}

TEST(DescribeRefusal, MentionsAClockThatIsOff) {
  const AnswerHead behind =
      Head({"HTTP/1.1 403 Forbidden", "Date: Sun, 06 Nov 1994 08:29:37 GMT", ""});
  EXPECT_EQ(
      DescribeRefusal(behind, "", kNow),
      "403; the store's clock is 1200 s behind ours, and signatures are refused from 900 s on");
  const AnswerHead ahead =
      Head({"HTTP/1.1 403 Forbidden", "Date: Sun, 06 Nov 1994 08:54:37 GMT", ""});
  EXPECT_EQ(
      DescribeRefusal(ahead, "", kNow),
      "403; the store's clock is 300 s ahead of ours, and signatures are refused from 900 s on");
}

TEST(DescribeRefusal, IsSilentAboutAClockThatIsAlmostRight) {
  const AnswerHead head =
      Head({"HTTP/1.1 403 Forbidden", "Date: Sun, 06 Nov 1994 08:49:40 GMT", ""});
  EXPECT_EQ(DescribeRefusal(head, "", kNow), "403");
}

}  // namespace
}  // namespace thimble
