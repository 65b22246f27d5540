// How originals reach a worker: short ones through its inbox, long ones in memory of their own.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "pool_fixture.h"

namespace thimble {
namespace {

class OriginalsOnTheirWay : public PoolFixture {
 protected:
  void ExpectFine(const std::string& verb) {
    const auto output = Do(verb);
    EXPECT_TRUE(output) << output.error().detail;
  }
  void ExpectCorrupt(const std::string& verb) {
    const auto output = Do(verb);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::kCorruptImage);
  }
};

TEST_F(OriginalsOnTheirWay, MayBeShortAndLongInAnyOrder) {
  StartPool();
  for (int round = 0; round < 3; ++round) {
    ExpectFine("fine");
    ExpectCorrupt(Lengthened("corrupt"));
    ExpectFine(Lengthened("fine"));
    ExpectCorrupt("corrupt");
  }
  EXPECT_EQ(pool_->stats().batches_done, 12u);
}

TEST_F(OriginalsOnTheirWay, NeverChangeWhileAnEngineMayLookAtThem) {
  StartPool();
  std::vector<std::shared_ptr<Outcome>> jobs;
  for (const char* const verb : {"reread one", "reread two", "reread three", "reread four"}) {
    for (auto& job : BeginBatch(verb, 2)) jobs.push_back(std::move(job));
  }
  for (const auto& job : jobs) EXPECT_TRUE(Await(job));
  EXPECT_EQ(pool_->stats().deaths_by_signal, 0u);
}

TEST_F(OriginalsOnTheirWay, AreGivenToAnotherWorkerWhole) {
  StartPool(Options(2));
  for (const auto& job : BeginBatch("abort_in_batch", 3)) EXPECT_TRUE(Await(job));
  for (const auto& job : BeginBatch(Lengthened("abort_in_batch"), 3)) EXPECT_TRUE(Await(job));
  EXPECT_EQ(pool_->stats().deaths_by_signal, 2u);
}

}  // namespace
}  // namespace thimble
