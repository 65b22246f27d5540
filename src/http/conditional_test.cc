#include "http/conditional.h"

#include <gtest/gtest.h>

#include <vector>

namespace thimble {
namespace {

constexpr std::string_view kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view kExactly = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kAfter = "Sun, 06 Nov 1994 08:49:38 GMT";

Validator Current() {
  return {.entity_tag = "\"abc\"",
          .last_modified = std::chrono::sys_seconds{std::chrono::seconds(784'111'777)}};
}

struct Row {
  std::string_view match, none_match, modified_since, unmodified_since;
  Verdict expected;
};

TEST(ConditionalTest, FollowsTheTableOfRfc9110) {
  constexpr Verdict kSend = Verdict::kSend;
  constexpr Verdict k304 = Verdict::kNotModified;
  constexpr Verdict k412 = Verdict::kPreconditionFailed;
  const std::vector<Row> rows = {
      {"", "", "", "", kSend},
      // If-None-Match
      {"", "\"abc\"", "", "", k304},
      {"", "W/\"abc\"", "", "", k304},
      {"", "*", "", "", k304},
      {"", " * ", "", "", kSend},  // the parser has trimmed the value: this is no list
      {"", "\"xyz\"", "", "", kSend},
      {"", "\"xyz\", \"abc\"", "", "", k304},
      {"", "\"xyz\",\"abc\",", "", "", k304},
      {"", ", ,\t\"abc\"", "", "", k304},
      {"", "W/\"xyz\" , W/\"abc\"", "", "", k304},
      {"", "\"x,y\", \"abc\"", "", "", k304},
      {"", "\"x, \"abc\"", "", "", kSend},  // the tag is `x, `; then no tag
      {"", "abc", "", "", kSend},
      {"", "\"abc", "", "", kSend},
      {"", "w/\"abc\"", "", "", kSend},
      {"", "\"ABC\"", "", "", kSend},
      {"", "\"\"", "", "", kSend},
      {"", "\"xyz\", *", "", "", kSend},
      // If-Modified-Since, only without If-None-Match
      {"", "", kBefore, "", kSend},
      {"", "", kExactly, "", k304},
      {"", "", kAfter, "", k304},
      {"", "", "Sunday, 06-Nov-94 08:49:37 GMT", "", k304},
      {"", "", "Sun Nov  6 08:49:37 1994", "", k304},
      {"", "", "yesterday", "", kSend},
      {"", "\"xyz\"", kAfter, "", kSend},
      {"", "\"abc\"", kBefore, "", k304},
      // If-Match compares strongly
      {"\"abc\"", "", "", "", kSend},
      {"*", "", "", "", kSend},
      {"W/\"abc\"", "", "", "", k412},
      {"\"xyz\"", "", "", "", k412},
      {"\"xyz\"", "\"abc\"", "", "", k412},
      {"\"abc\"", "\"abc\"", "", "", k304},
      // If-Unmodified-Since, only without If-Match
      {"", "", "", kBefore, k412},
      {"", "", "", kExactly, kSend},
      {"", "", "", "yesterday", kSend},
      {"\"abc\"", "", "", kBefore, kSend},
  };
  for (const Row& row : rows) {
    const Preconditions preconditions{.if_match = std::string(row.match),
                                      .if_none_match = std::string(row.none_match),
                                      .if_modified_since = std::string(row.modified_since),
                                      .if_unmodified_since = std::string(row.unmodified_since)};
    EXPECT_EQ(Evaluate(preconditions, Current()), row.expected)
        << "If-Match: " << row.match << "\nIf-None-Match: " << row.none_match
        << "\nIf-Modified-Since: " << row.modified_since
        << "\nIf-Unmodified-Since: " << row.unmodified_since;
  }
}

TEST(ConditionalTest, DatesSayNothingAboutAnOriginalWithoutOne) {
  Validator current = Current();
  current.last_modified.reset();
  Preconditions preconditions;
  preconditions.if_modified_since = kAfter;
  preconditions.if_unmodified_since = kBefore;
  EXPECT_EQ(Evaluate(preconditions, current), Verdict::kSend);
}

}  // namespace
}  // namespace thimble
