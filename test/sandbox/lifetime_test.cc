// No process of a pool outlives its server, whatever ends the server.

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "process_table.h"

namespace thimble {
namespace {

struct Host {
  pid_t pid = -1;
  pid_t zygote = -1;
  std::vector<pid_t> workers;
};

Host StartHost() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const UniqueFd output(ends[0]);
  Host host;
  host.pid = ::fork();
  if (host.pid == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execl(THIMBLE_TEST_PROGRAMS "/pool_host", "pool_host", nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string line;
  for (char c = 0; ::read(output.get(), &c, 1) == 1 && c != '\n';) line += c;
  std::istringstream words(line);
  words >> host.zygote;
  for (pid_t worker = -1; words >> worker;) host.workers.push_back(worker);
  return host;
}

// Waits for a child's end; the time limit is the test runner's.
int WaitFor(pid_t pid) {
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return status;
}

// Once the zygote has ended, its workers are this process's children, or it had reaped them.
void WaitForWorkers(const Host& host) {
  for (const pid_t worker : host.workers) {
    const bool reaped = ::waitpid(worker, nullptr, 0) == worker;
    EXPECT_TRUE(reaped || errno == ECHILD);
  }
  EXPECT_TRUE(ChildrenOf(::getpid()).empty());
}

class Lifetime : public testing::TestWithParam<int> {
 protected:
  // Orphans become this process's children, so their end can be waited for.
  void SetUp() override { ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0); }
  void TearDown() override { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }
};

TEST_P(Lifetime, EverythingEndsWithTheServer) {
  const Host host = StartHost();
  ASSERT_EQ(host.workers.size(), 3u);
  ::kill(host.pid, GetParam());
  EXPECT_TRUE(WIFSIGNALED(WaitFor(host.pid)));
  WaitFor(host.zygote);
  WaitForWorkers(host);
}

INSTANTIATE_TEST_SUITE_P(Signals, Lifetime, testing::Values(SIGKILL, SIGTERM));

TEST(Zygote, IgnoresTheSignalsThatEndTheServerGracefully) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  const Host host = StartHost();
  ASSERT_EQ(host.workers.size(), 3u);
  // What a terminal's Ctrl-C or a service manager's stop would send.
  for (const int signal_number : {SIGTERM, SIGINT, SIGHUP}) {
    ::kill(host.zygote, signal_number);
    for (const pid_t worker : host.workers) ::kill(worker, signal_number);
  }
  EXPECT_EQ(ChildrenOf(host.zygote).size(), 3u);
  ::kill(host.pid, SIGKILL);
  WaitFor(host.pid);
  EXPECT_TRUE(WIFEXITED(WaitFor(host.zygote)));
  WaitForWorkers(host);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

}  // namespace
}  // namespace thimble
