#include "service/admission.h"

#include <gtest/gtest.h>

#include <vector>

namespace thimble {
namespace {

using std::chrono::milliseconds;

TransformSpec Width(std::int32_t width) {
  TransformSpec spec;
  spec.width = width;
  return spec;
}

class AdmissionTest : public testing::Test {
 protected:
  AdmissionTest() { TeachTime(Width(300), milliseconds(10)); }

  void TeachTime(const TransformSpec& spec, milliseconds worked) {
    for (int i = 0; i < 200; ++i) {
      const auto place = admission_.Enter(spec, {}, Deadline::Never(), now_);
      admission_.Learn(**place, worked, now_ + worked);
    }
  }

  // Whether a request is taken; its place is kept.
  bool Enter(milliseconds oldest = {}, Deadline deadline = Deadline::Never()) {
    auto place = admission_.Enter(Width(300), {oldest, fetch_}, deadline, now_);
    if (place) places_.push_back(std::move(*place));
    return place.has_value();
  }
  std::size_t EnterAll() {
    const std::size_t before = places_.size();
    while (Enter() && places_.size() < 10'000) {
    }
    return places_.size() - before;
  }

  Admission admission_{
      {.workers = 2, .standing_wait = milliseconds(100), .burst_wait = milliseconds(500)}};
  std::vector<std::shared_ptr<Admission::Place>> places_;
  milliseconds fetch_{0};
  SteadyClock::time_point now_ = SteadyClock::now();
};

TEST_F(AdmissionTest, ABurstIsTakenAsFarAsItWillBeDoneSoon) {
  const std::size_t taken = EnterAll();  // 500 ms of two workers, 10 ms each
  EXPECT_NEAR(static_cast<double>(taken), 101, 3);
  EXPECT_NEAR(static_cast<double>(admission_.predicted_wait().count()), 505'000, 20'000);
  EXPECT_EQ(admission_.refusals(), 1u);
}

TEST_F(AdmissionTest, WhatIsDoneMakesRoom) {
  EnterAll();
  EXPECT_FALSE(Enter());
  places_.resize(places_.size() - 2);
  EXPECT_TRUE(Enter());
}

TEST_F(AdmissionTest, WhereWaitingGoesOnTheLimitIsShorterUntilTheQueueHasDrained) {
  EnterAll();
  now_ += milliseconds(600);
  places_.resize(25);  // 125 ms
  EXPECT_FALSE(Enter());
  places_.resize(18);  // 90 ms: room again, but no burst
  EXPECT_LE(EnterAll(), 4u);
  places_.resize(5);
  EXPECT_TRUE(Enter());  // short: a burst may come again
  EXPECT_GT(EnterAll(), 80u);
}

TEST_F(AdmissionTest, WhoseTimeWillBeUpBeforeIsRefused) {
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(Enter());  // 200 ms
  EXPECT_FALSE(Enter({}, Deadline::At(now_ + milliseconds(150))));
  EXPECT_TRUE(Enter({}, Deadline::At(now_ + milliseconds(300))));
}

TEST_F(AdmissionTest, AJobThatWaitsLongShowsThatPredictionsWereWrong) {
  ASSERT_TRUE(Enter());
  EXPECT_TRUE(Enter(milliseconds(900)));
  EXPECT_FALSE(Enter(milliseconds(1100)));
}

TEST_F(AdmissionTest, LearnsThatWaitingIsLongerThanTheWorkBefore) {
  for (int i = 0; i < 400; ++i) {
    places_.clear();
    for (int before = 0; before < 20; ++before) ASSERT_TRUE(Enter());
    ASSERT_TRUE(Enter());  // after 200 ms of work for two; really it waits twice as long
    admission_.Learn(*places_.back(), milliseconds(10), now_ + milliseconds(220));
  }
  places_.clear();
  EXPECT_NEAR(static_cast<double>(EnterAll()), 51, 4);
}

TEST_F(AdmissionTest, ForgetsAStallWhenQueuesAreShort) {
  for (int before = 0; before < 20; ++before) ASSERT_TRUE(Enter());
  for (int i = 0; i < 400; ++i) {  // each waited for ten seconds
    admission_.Learn(*places_.back(), milliseconds(10), now_ + std::chrono::seconds(10));
  }
  places_.clear();
  EXPECT_LT(EnterAll(), 20u);
  places_.clear();
  ASSERT_TRUE(Enter());
  for (int i = 0; i < 200; ++i) {
    admission_.Learn(*places_.back(), milliseconds(10), now_ + milliseconds(10));
  }
  places_.clear();
  EXPECT_GT(EnterAll(), 80u);
}

TEST_F(AdmissionTest, EachKindOfTargetHasItsOwnTime) {
  TeachTime(Width(4000), milliseconds(200));
  const auto dear = admission_.Enter(Width(4000), {}, Deadline::Never(), now_);
  ASSERT_TRUE(dear);
  EXPECT_NEAR(static_cast<double>(admission_.predicted_wait().count()), 100'000, 5'000);
}

TEST_F(AdmissionTest, WorkMayWaitForItsOriginalsBesides) {
  fetch_ = milliseconds(300);
  EXPECT_NEAR(static_cast<double>(EnterAll()), 161, 4);
}

TEST(Admission, WithoutWorkersTakesEverybody) {
  Admission admission({});
  std::vector<std::shared_ptr<Admission::Place>> places;
  for (int i = 0; i < 1000; ++i) {
    auto place = admission.Enter(Width(1), {std::chrono::hours(1), {}}, Deadline::Never(), {});
    ASSERT_TRUE(place);
    places.push_back(std::move(*place));
  }
}

}  // namespace
}  // namespace thimble
