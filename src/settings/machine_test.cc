#include "settings/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thimble {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

Settings TwoWorkers() {
  Settings settings;
  settings.workers.workers = 2;
  return settings;
}

TEST(MachineTest, HasACpuAndDescriptors) {
  EXPECT_GE(UsableCpus(), 1);
  EXPECT_GT(ReadMachine().max_descriptors, 0);
}

TEST(MachineTest, LeavesWhatFitsAsItIs) {
  Settings settings = TwoWorkers();
  const auto notes =
      FitToMachine({.memory_bytes = 2048 * kMiB, .max_descriptors = 100'000}, settings);
  ASSERT_TRUE(notes);
  EXPECT_THAT(*notes, IsEmpty());
  EXPECT_EQ(settings.http.max_connections, Settings().http.max_connections);
}

TEST(MachineTest, BoundsConnectionsByTheDescriptorsThatOriginalsAndWorkersLeave) {
  Settings settings = TwoWorkers();
  const auto notes = FitToMachine({.max_descriptors = 1024}, settings);
  ASSERT_TRUE(notes);
  EXPECT_THAT(*notes, ElementsAre(HasSubstr("http.max_connections is lowered from 4096 to 776")));
  EXPECT_EQ(settings.http.max_connections, 776);
  EXPECT_EQ(settings.origin.max_originals_in_flight, 64);
}

TEST(MachineTest, SharesFewDescriptorsBetweenOriginalsAndConnections) {
  Settings settings = TwoWorkers();
  const auto notes = FitToMachine({.max_descriptors = 256}, settings);
  ASSERT_TRUE(notes);
  EXPECT_THAT(*notes, ElementsAre(HasSubstr("origin.max_in_flight is lowered from 64 to 33"),
                                  HasSubstr("http.max_connections is lowered from 4096 to 101")));
}

TEST(MachineTest, RefusesToServeWithHardlyAnyDescriptor) {
  Settings settings = TwoWorkers();
  const auto notes = FitToMachine({.max_descriptors = 64}, settings);
  ASSERT_FALSE(notes);
  EXPECT_EQ(notes.error().code, ErrorCode::kBadSetting);
  EXPECT_THAT(notes.error().detail, HasSubstr("ulimit -n"));
}

TEST(MachineTest, WarnsWhereWorkersAndCacheMayTakeMoreThanAContainerHas) {
  Settings settings = TwoWorkers();
  const auto notes =
      FitToMachine({.memory_bytes = 1024 * kMiB, .max_descriptors = 100'000}, settings);
  ASSERT_TRUE(notes);
  EXPECT_THAT(*notes, ElementsAre(AllOf(HasSubstr("1GiB"), HasSubstr("2 times workers.memory"))));
}

}  // namespace
}  // namespace thimble
