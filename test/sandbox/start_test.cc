// What the pool finds out before the first job.

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "base/unique_fd.h"
#include "pool_fixture.h"
#include "process_table.h"

namespace thimble {
namespace {

class PoolStart : public PoolFixture {
 protected:
  static PoolOptions With(const std::string& program) {
    PoolOptions options = Options();
    options.worker_program = program;
    return options;
  }
  Error FailedStart(const PoolOptions& options) {
    auto pool = WorkerPool::Start(context_.get_executor(), options);
    EXPECT_FALSE(pool);
    EXPECT_TRUE(ChildrenOf(::getpid()).empty());
    return pool ? Error{} : pool.error();
  }
};

TEST_F(PoolStart, TellsWhatTheSandboxConsistsOf) {
  StartPool();
  const std::string summary = pool_->sandbox_summary();
  EXPECT_NE(summary.find("seccomp, no_new_privs, rlimits, unprivileged"), std::string::npos)
      << summary;
}

TEST_F(PoolStart, GivesWorkersNothingOfItsEnvironment) {
  ASSERT_EQ(::setenv("AWS_SECRET_ACCESS_KEY", "canary", 1), 0);
  StartPool();
  std::ifstream environment("/proc/" + std::to_string(ZygotePid()) + "/environ");
  ASSERT_TRUE(environment.is_open());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(environment), {}), "");
  ::unsetenv("AWS_SECRET_ACCESS_KEY");
}

TEST_F(PoolStart, GivesWorkersNoDescriptorThatTheServerForgotToCloseOnExec) {
  const UniqueFd forgotten(::memfd_create("forgotten", 0));
  StartPool();
  const std::filesystem::path descriptors("/proc/" + std::to_string(ZygotePid()) + "/fd");
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(descriptors)) {
    std::error_code closed_meanwhile;
    const auto target = std::filesystem::read_symlink(entry.path(), closed_meanwhile);
    EXPECT_EQ(target.string().find("forgotten"), std::string::npos);
    ++seen;
  }
  EXPECT_GE(seen, 4);  // streams and channel
}

TEST_F(PoolStart, RefusesAMachineWithoutSeccomp) {
  const Error error = FailedStart(With(THIMBLE_TEST_PROGRAMS "/no_seccomp_worker"));
  EXPECT_EQ(error.code, ErrorCode::kBadSetting);
  EXPECT_NE(error.detail.find("seccomp"), std::string::npos) << error.detail;
}

TEST_F(PoolStart, GoesOnWithoutSeccompWhenToldTo) {
  PoolOptions options = With(THIMBLE_TEST_PROGRAMS "/no_seccomp_worker");
  options.allow_missing_sandbox = true;
  StartPool(options);
  EXPECT_EQ(pool_->sandbox_summary().find("seccomp"), std::string::npos);
  ExpectPoolIsSound();
}

TEST_F(PoolStart, RefusesAProgramOfAnotherVersion) {
  const Error error = FailedStart(With(THIMBLE_TEST_PROGRAMS "/other_version_worker"));
  EXPECT_EQ(error.code, ErrorCode::kBadSetting);
  EXPECT_NE(error.detail.find("version"), std::string::npos) << error.detail;
}

TEST_F(PoolStart, SaysHowAProgramEndedThatIsNoWorker) {
  const Error error = FailedStart(With("/bin/false"));
  EXPECT_EQ(error.code, ErrorCode::kSystem);
  EXPECT_NE(error.detail.find("exit status 1"), std::string::npos) << error.detail;
}

TEST_F(PoolStart, NamesAProgramThatDoesNotExist) {
  const Error error = FailedStart(With("/nonexistent/thimble-worker"));
  EXPECT_EQ(error.code, ErrorCode::kSystem);
  EXPECT_NE(error.detail.find("/nonexistent/thimble-worker"), std::string::npos) << error.detail;
}

}  // namespace
}  // namespace thimble
