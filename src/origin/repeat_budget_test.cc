#include "origin/repeat_budget.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

int SpendAll(RepeatBudget& budget) {
  int spent = 0;
  while (spent < 1000 && budget.Spend()) ++spent;
  return spent;
}

TEST(RepeatBudget, IsOneRequestInTenAfterTheFirst) {
  RepeatBudget budget;
  EXPECT_EQ(SpendAll(budget), 50);
  for (int i = 0; i < 200; ++i) budget.Earn();
  EXPECT_EQ(SpendAll(budget), 20);
}

TEST(RepeatBudget, DoesNotGrowForEver) {
  RepeatBudget budget;
  for (int i = 0; i < 100'000; ++i) budget.Earn();
  EXPECT_EQ(SpendAll(budget), 50);
}

}  // namespace
}  // namespace thimble
