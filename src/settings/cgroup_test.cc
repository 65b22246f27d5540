#include "settings/cgroup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace thimble {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// A machine's files below a folder of its own.
class CgroupTest : public ::testing::Test {
 protected:
  ~CgroupTest() override { fs::remove_all(root_); }

  void Put(const std::string& path, const std::string& text) const {
    const fs::path file = root_ / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  CgroupLimits Read() const { return ReadCgroupLimits(root_); }

 private:
  fs::path root_ = fs::path(::testing::TempDir()) /
                   ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

constexpr const char* kV2Mount =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST_F(CgroupTest, FindsNothingWithoutGroups) {
  EXPECT_EQ(Read().cpus, std::nullopt);
  EXPECT_EQ(Read().memory_bytes, std::nullopt);
}

TEST_F(CgroupTest, ReadsAContainersOwnGroupOfVersion2) {
  Put("proc/self/mountinfo", kV2Mount);
  Put("proc/self/cgroup", "0::/\n");
  Put("sys/fs/cgroup/cpu.max", "150000 100000\n");
  Put("sys/fs/cgroup/memory.max", "536870912\n");
  EXPECT_EQ(Read().cpus, 2);
  EXPECT_EQ(Read().memory_bytes, 512 * kMiB);
}

TEST_F(CgroupTest, TakesTheLowestLimitOfNestedGroupsOfVersion2) {
  Put("proc/self/mountinfo", kV2Mount);
  Put("proc/self/cgroup", "0::/system.slice/thimble.service\n");
  Put("sys/fs/cgroup/system.slice/cpu.max", "300000 100000\n");
  Put("sys/fs/cgroup/system.slice/memory.max", "268435456\n");
  Put("sys/fs/cgroup/system.slice/thimble.service/cpu.max", "max 100000\n");
  Put("sys/fs/cgroup/system.slice/thimble.service/memory.max", "536870912\n");
  EXPECT_EQ(Read().cpus, 3);
  EXPECT_EQ(Read().memory_bytes, 256 * kMiB);
  Put("sys/fs/cgroup/system.slice/thimble.service/cpu.max", "50000 100000\n");
  EXPECT_EQ(Read().cpus, 1);
}

TEST_F(CgroupTest, ReadsEachControllersHierarchyOfVersion1) {
  Put("proc/self/mountinfo",
      "33 24 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
      "34 24 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  Put("proc/self/cgroup", "5:memory:/jobs/one\n4:cpu,cpuacct:/jobs\n");
  Put("sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us", "250000\n");
  Put("sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us", "100000\n");
  Put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  Put("sys/fs/cgroup/memory/jobs/one/memory.limit_in_bytes", "1073741824\n");
  EXPECT_EQ(Read().cpus, 3);
  EXPECT_EQ(Read().memory_bytes, 1024 * kMiB);
}

TEST_F(CgroupTest, KnowsAContainersMountByTheHostsName) {
  Put("proc/self/mountinfo",
      "34 24 0:30 /docker/abc /sys/fs/cgroup/memory ro master:9 - cgroup cgroup rw,memory\n");
  Put("sys/fs/cgroup/memory/memory.limit_in_bytes", "104857600\n");
  for (const char* group : {"/docker/abc", "/", "/docker/other"}) {
    Put("proc/self/cgroup", std::string("5:memory:") + group + "\n");
    EXPECT_EQ(Read().memory_bytes, 100 * kMiB) << group;
  }
  Put("proc/self/cgroup", "5:memory:/docker/abc/inner\n");
  Put("sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "52428800\n");
  EXPECT_EQ(Read().memory_bytes, 50 * kMiB);
}

TEST_F(CgroupTest, TakesNoLimitForOne) {
  Put("proc/self/mountinfo",
      std::string(kV2Mount) +
          "33 24 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
          "34 24 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\nnonsense\n");
  Put("proc/self/cgroup", "0::/\n4:cpu,cpuacct:/\n5:memory:/\nnonsense\n");
  Put("sys/fs/cgroup/cpu.max", "max 100000\n");
  Put("sys/fs/cgroup/memory.max", "max\n");
  Put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  Put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  Put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Read().cpus, std::nullopt);
  EXPECT_EQ(Read().memory_bytes, std::nullopt);
}

TEST(CpusOfQuotaTest, RoundsUp) {
  EXPECT_EQ(CpusOfQuota("200000 100000\n"), 2);
  EXPECT_EQ(CpusOfQuota("150000 100000"), 2);
  EXPECT_EQ(CpusOfQuota("50000 100000"), 1);
}

TEST(CpusOfQuotaTest, KnowsNoQuotaInOtherTexts) {
  for (const char* text : {"max 100000", "", "5", "0 100000", "x y", "100000 0"}) {
    EXPECT_EQ(CpusOfQuota(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace thimble
