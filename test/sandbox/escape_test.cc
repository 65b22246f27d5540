// Code running in a decoder tries to get out of its worker.

#include <gtest/gtest.h>

#include <string>

#include "pool_fixture.h"

namespace thimble {
namespace {

class Refused : public PoolFixture, public testing::WithParamInterface<const char*> {};

TEST_P(Refused, GivesAnErrorAndTheWorkerGoesOn) {
  StartPool();
  const auto before = Do("fine");
  ASSERT_TRUE(before);
  const auto output = Do(GetParam());
  ASSERT_TRUE(output) << output.error().detail;
  EXPECT_EQ(WorkerOf(*output), WorkerOf(*before));
  EXPECT_EQ(pool_->stats().deaths_by_violation, 0u);
}

INSTANTIATE_TEST_SUITE_P(Files, Refused,
                         testing::Values("open", "create", "stat", "unlink", "memfd", "read_log",
                                         "seek_log", "map_log"));
INSTANTIATE_TEST_SUITE_P(Network, Refused, testing::Values("socket", "unix_socket", "dup"));
INSTANTIATE_TEST_SUITE_P(Memory, Refused,
                         testing::Values("map_executable", "make_executable", "map_uncounted",
                                         "write_source", "shrink_source", "shrink_output",
                                         "grow_output", "seal_output"));
INSTANTIATE_TEST_SUITE_P(Processes, Refused,
                         testing::Values("fork", "thread", "raise_limit", "outlive_zygote",
                                         "become_root"));

class RefusedForLongOriginals : public PoolFixture,
                                public testing::WithParamInterface<const char*> {};

TEST_P(RefusedForLongOriginals, GivesAnErrorAndTheWorkerGoesOn) {
  StartPool();
  const auto output = Do(Lengthened(GetParam()));
  EXPECT_TRUE(output) << output.error().detail;
  ExpectPoolIsSound();
}

INSTANTIATE_TEST_SUITE_P(Memory, RefusedForLongOriginals,
                         testing::Values("write_source", "shrink_source"));

class Deadly : public PoolFixture, public testing::WithParamInterface<const char*> {};

TEST_P(Deadly, EndsTheWorkerAsAViolation) {
  StartPool();
  const auto output = Do(GetParam());
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kWorkerDied) << output.error().detail;
  EXPECT_EQ(pool_->stats().deaths_by_violation, 1u);
  ExpectPoolIsSound();
}

INSTANTIATE_TEST_SUITE_P(Calls, Deadly,
                         testing::Values("exec", "ptrace", "kill", "thread_kill", "read_memory",
                                         "namespace", "clone_namespace", "io_uring", "bpf"));

}  // namespace
}  // namespace thimble
