#include "worker/backoff.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoesNotWaitTheFirstTime) { EXPECT_EQ(Backoff().Next(), milliseconds(0)); }

TEST(Backoff, DoublesUpToItsLongest) {
  Backoff backoff;
  static_cast<void>(backoff.Next());
  EXPECT_EQ(backoff.Next(), milliseconds(50));
  EXPECT_EQ(backoff.Next(), milliseconds(100));
  EXPECT_EQ(backoff.Next(), milliseconds(200));
  for (int i = 0; i < 20; ++i) static_cast<void>(backoff.Next());
  EXPECT_EQ(backoff.Next(), milliseconds(5000));
}

TEST(Backoff, BeginsAgainAfterSuccess) {
  Backoff backoff;
  for (int i = 0; i < 5; ++i) static_cast<void>(backoff.Next());
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), milliseconds(0));
}

}  // namespace
}  // namespace thimble
