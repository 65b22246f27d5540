#include "store/memory_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace thimble {
namespace {

using std::chrono::seconds;

constexpr std::size_t kBudget = 64 * 1024;

class MemoryCacheTest : public testing::Test {
 protected:
  void Keep(std::string_view key, std::size_t bytes) {
    cache_.Keep(key, std::make_shared<std::string>(key), bytes, now_);
  }
  bool Has(std::string_view key) { return cache_.Find(key, now_) != nullptr; }

  MemoryCache<std::string> cache_{{.max_bytes = kBudget, .max_age = seconds(60)}};
  SteadyClock::time_point now_ = SteadyClock::now();
};

TEST_F(MemoryCacheTest, FindsWhatWasKept) {
  Keep("a", 100);
  const auto kept = cache_.Find("a", now_);
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(*kept, "a");
  EXPECT_FALSE(Has("b"));
}

TEST_F(MemoryCacheTest, ForgetsWhatItIsTold) {
  Keep("a", 100);
  Keep("b", 100);
  cache_.Forget("a");
  cache_.Forget("c");
  EXPECT_FALSE(Has("a"));
  EXPECT_TRUE(Has("b"));
  EXPECT_EQ(cache_.stats().entries, 1u);
}

TEST_F(MemoryCacheTest, KeysAreBytesAndMayHoldZeros) {
  using std::string_view_literals::operator""sv;
  Keep("a\0b"sv, 100);
  EXPECT_TRUE(Has("a\0b"sv));
  EXPECT_FALSE(Has("a\0c"sv));
  EXPECT_FALSE(Has("a"sv));
}

TEST_F(MemoryCacheTest, NeverHoldsMoreThanItsBudget) {
  for (int i = 0; i < 1000; ++i) {
    Keep(std::to_string(i), 1000);
    EXPECT_LE(cache_.stats().bytes, kBudget);
  }
  EXPECT_GT(cache_.stats().evictions, 900u);
  EXPECT_GT(cache_.stats().entries, 40u);
}

TEST_F(MemoryCacheTest, ChargesOverheadSoThatTinyValuesAreBoundedToo) {
  for (int i = 0; i < 10'000; ++i) Keep(std::to_string(i), 1);
  EXPECT_LT(cache_.stats().entries, kBudget / 200);
}

TEST_F(MemoryCacheTest, TheLeastRecentlyUsedGoesFirst) {
  for (int i = 0; i < 9; ++i) Keep(std::to_string(i), 7000);  // full
  EXPECT_TRUE(Has("0"));                                      // now "1" is the oldest
  Keep("new", 7000);
  EXPECT_TRUE(Has("0"));
  EXPECT_FALSE(Has("1"));
  EXPECT_TRUE(Has("new"));
}

TEST_F(MemoryCacheTest, AValueOverAnEighthOfTheBudgetIsNotKept) {
  Keep("small", 100);
  Keep("giant", kBudget / 8);
  EXPECT_FALSE(Has("giant"));
  EXPECT_TRUE(Has("small"));
}

TEST_F(MemoryCacheTest, AValueIsForgottenWhenItIsTooOld) {
  Keep("a", 100);
  now_ += seconds(59);
  EXPECT_TRUE(Has("a"));
  now_ += seconds(1);
  EXPECT_FALSE(Has("a"));
  EXPECT_EQ(cache_.stats().entries, 0u);
  EXPECT_EQ(cache_.stats().bytes, 0u);
}

TEST_F(MemoryCacheTest, KeepingAgainReplacesTheValueAndItsCost) {
  Keep("a", 5000);
  Keep("a", 100);
  EXPECT_EQ(cache_.stats().entries, 1u);
  EXPECT_LT(cache_.stats().bytes, 1000u);
}

TEST_F(MemoryCacheTest, WhoFoundAValueMayUseItAfterItsEviction) {
  Keep("a", 7000);
  const auto kept = cache_.Find("a", now_);
  for (int i = 0; i < 20; ++i) Keep(std::to_string(i), 7000);
  EXPECT_FALSE(Has("a"));
  EXPECT_EQ(*kept, "a");
}

TEST(MemoryCacheOffTest, ABudgetOfZeroKeepsNothing) {
  MemoryCache<int> cache({.max_bytes = 0});
  cache.Keep("a", std::make_shared<int>(1), 0, SteadyClock::now());
  EXPECT_EQ(cache.Find("a", SteadyClock::now()), nullptr);
}

}  // namespace
}  // namespace thimble
