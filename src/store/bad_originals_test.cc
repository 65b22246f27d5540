#include "store/bad_originals.h"

#include <gtest/gtest.h>

#include <string>

namespace thimble {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class BadOriginalsTest : public testing::Test {
 protected:
  static SealedBytes Bytes(const std::string& text) { return *SealedBytesFrom(BytesOf(text)); }
  static TransformSpec Width(int width) {
    TransformSpec spec;
    spec.width = width;
    return spec;
  }
  void Fail(const std::string& key, const std::string& tag, const std::string& text, int width,
            ErrorCode code = ErrorCode::kWorkerDied) {
    bad_.Remember(key, tag, Bytes(text), Width(width), code, now_);
  }
  bool RefusedByName(const std::string& key, const std::string& tag, int width = 100) {
    return bad_.Suspects(key, Width(width), now_) &&
           bad_.FindByName(key, tag, Width(width), now_).has_value();
  }
  bool RefusedByContent(const std::string& key, const std::string& text, int width = 100) {
    return bad_.FindByContent(key, "\"t\"", Bytes(text), Width(width), now_).has_value();
  }

  SteadyClock::time_point now_ = SteadyClock::now();
  BadOriginals bad_{minutes(10)};
};

TEST_F(BadOriginalsTest, WhatKilledAWorkerIsRefusedByNameAtEverySize) {
  EXPECT_FALSE(RefusedByName("a", "\"1\""));
  Fail("a", "\"1\"", "bomb", 5000);
  EXPECT_TRUE(RefusedByName("a", "\"1\"", 1));
  EXPECT_EQ(bad_.FindByName("a", "\"1\"", Width(1), now_)->code, ErrorCode::kWorkerDied);
  EXPECT_FALSE(RefusedByName("b", "\"1\""));
  EXPECT_EQ(bad_.stats().remembered, 1u);
  EXPECT_EQ(bad_.stats().refusals, 2u);
}

TEST_F(BadOriginalsTest, AChangedOriginalIsTriedAgain) {
  Fail("a", "\"1\"", "bomb", 100);
  EXPECT_FALSE(RefusedByName("a", "\"2\""));
  EXPECT_FALSE(RefusedByContent("a", "mend"));  // of the same length
  EXPECT_FALSE(RefusedByName("a", "\"1\""));
}

TEST_F(BadOriginalsTest, TheSameBytesUnderAnotherNameAreRefusedAndTheNameRemembered) {
  Fail("a", "\"1\"", "bomb", 100);
  EXPECT_TRUE(RefusedByContent("copy", "bomb"));
  EXPECT_TRUE(RefusedByName("copy", "\"t\""));
  EXPECT_FALSE(RefusedByContent("other", "pict"));
}

TEST_F(BadOriginalsTest, LongOriginalsAreComparedToo) {
  const std::string text(kMaxShortBytes + 1, 'x');
  Fail("a", "\"1\"", text, 100);
  EXPECT_TRUE(RefusedByContent("copy", text));
  EXPECT_FALSE(RefusedByContent("other", std::string(kMaxShortBytes, 'x') + 'y'));
}

TEST_F(BadOriginalsTest, EachFailureMakesTheRefusalLongerUpToADay) {
  for (const int minutes_refused : {10, 60, 360, 1440, 1440}) {
    Fail("a", "\"1\"", "bomb", 100);
    now_ += minutes(minutes_refused) - seconds(1);
    EXPECT_TRUE(RefusedByName("a", "\"1\""));
    now_ += seconds(1);
    EXPECT_FALSE(RefusedByName("a", "\"1\""));
    EXPECT_FALSE(RefusedByContent("a", "bomb"));
  }
}

TEST_F(BadOriginalsTest, ALateSmallResultSpeaksAgainstTheOriginal) {
  Fail("a", "\"1\"", "bomb", 1280, ErrorCode::kImageTooCostly);
  EXPECT_TRUE(RefusedByName("a", "\"1\"", 1));
  EXPECT_EQ(bad_.FindByName("a", "\"1\"", Width(1), now_)->code, ErrorCode::kImageTooCostly);
}

TEST_F(BadOriginalsTest, ALateLargeResultSpeaksOnlyAgainstThoseThatAreNoSmaller) {
  Fail("a", "\"1\"", "map", 8000, ErrorCode::kImageTooCostly);
  EXPECT_TRUE(RefusedByName("a", "\"1\"", 8000));
  EXPECT_TRUE(RefusedByName("a", "\"1\"", 8100));
  EXPECT_FALSE(RefusedByName("a", "\"1\"", 7999));
  TransformSpec other_format = Width(8000);
  other_format.format = ImageFormat::kJpeg;
  EXPECT_FALSE(bad_.Suspects("a", other_format, now_));
}

TEST_F(BadOriginalsTest, NothingIsRememberedForNoTime) {
  bad_ = BadOriginals(seconds(0));
  Fail("a", "\"1\"", "bomb", 100);
  EXPECT_FALSE(RefusedByName("a", "\"1\""));
  EXPECT_EQ(bad_.stats().remembered, 0u);
}

TEST_F(BadOriginalsTest, HoweverManyAreBadTheirMemoryIsBounded) {
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = std::to_string(i);
    Fail(std::string(900, 'k') + text, "\"1\"", text, 100);
  }
  EXPECT_LT(bad_.stats().remembered, 10'000u);
  EXPECT_TRUE(RefusedByContent("latest", "19999"));
}

}  // namespace
}  // namespace thimble
