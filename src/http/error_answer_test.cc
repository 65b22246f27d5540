#include "http/error_answer.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace thimble {
namespace {

TEST(ErrorAnswerTest, EveryCodeHasAnErrorStatusAndASentence) {
  int codes = 0;
  for (std::uint16_t number = 0; number < 1000; ++number) {
    if (!IsKnownErrorCode(number)) continue;
    ++codes;
    const auto code = static_cast<ErrorCode>(number);
    EXPECT_GE(StatusOf(code), 400) << SlugOf(code);
    EXPECT_LT(StatusOf(code), 600) << SlugOf(code);
    EXPECT_TRUE(SentenceOf(code).ends_with('.')) << SlugOf(code);
    // Sentences go into JSON unescaped.
    EXPECT_EQ(SentenceOf(code).find_first_of("\"\\\r\n"), std::string_view::npos);
  }
  EXPECT_GT(codes, 30);
}

TEST(ErrorAnswerTest, OnlyARefusedUrlHasASentenceOfItsOwn) {
  EXPECT_EQ(MessageOf({ErrorCode::kBadParameter, "The value 'x' of 'w' ..."}),
            "The value 'x' of 'w' ...");
  EXPECT_EQ(MessageOf({ErrorCode::kBadParameter, ""}), SentenceOf(ErrorCode::kBadParameter));
  for (const ErrorCode code : {ErrorCode::kOriginFailed, ErrorCode::kInternal,
                               ErrorCode::kOriginalNotFound, ErrorCode::kMalformedRequest}) {
    EXPECT_EQ(MessageOf({code, "secret detail"}), SentenceOf(code));
  }
}

TEST(ErrorAnswerTest, JsonIsForWhoPrefersIt) {
  EXPECT_TRUE(WantsJson("application/json"));
  EXPECT_TRUE(WantsJson("application/json, text/plain, */*"));
  EXPECT_TRUE(WantsJson("text/html, application/json;q=0.9, */*;q=0.8"));
  EXPECT_TRUE(WantsJson("application/*"));
  EXPECT_TRUE(WantsJson("text/plain;q=0.2, application/*;q=0.3"));
  EXPECT_TRUE(WantsJson("text/html,application/json ; q=0.001"));
  EXPECT_FALSE(WantsJson(""));
  EXPECT_FALSE(WantsJson("*/*"));
  EXPECT_FALSE(WantsJson("text/plain, application/json;q=0.1"));
  EXPECT_FALSE(WantsJson("text/html, application/json;q=0.9, */*"));
  EXPECT_FALSE(WantsJson("image/webp,*/*;q=0.8"));
  EXPECT_FALSE(WantsJson("application/json;q=0"));
  EXPECT_FALSE(WantsJson("application/json;q=0.000"));
  EXPECT_FALSE(WantsJson("application/jsonp"));
  EXPECT_FALSE(WantsJson(",;,;q=,"));
}

}  // namespace
}  // namespace thimble
