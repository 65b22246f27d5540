#include "settings/cpu_count.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

TEST(CpuCount, RoundsAQuotaUp) {
  EXPECT_EQ(CpusOfQuota("200000 100000\n"), 2);
  EXPECT_EQ(CpusOfQuota("150000 100000"), 2);
  EXPECT_EQ(CpusOfQuota("50000 100000"), 1);
}

TEST(CpuCount, KnowsNoQuotaInOtherTexts) {
  for (const char* text : {"max 100000", "", "5", "0 100000", "x y", "100000 0"}) {
    EXPECT_EQ(CpusOfQuota(text), std::nullopt) << text;
  }
}

TEST(CpuCount, IsNeverZero) { EXPECT_GE(UsableCpus(), 1); }

}  // namespace
}  // namespace thimble
