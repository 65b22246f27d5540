#include "worker/self_test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>

namespace thimble {
namespace {

bool FilesAreRefused() { return ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 && errno == EPERM; }

bool SocketsAreRefused() {
  return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 && errno == EPERM;
}

// Never returns. Ends by SIGSYS when all is well.
[[noreturn]] void TryToEscape() {
  if (!FilesAreRefused() || !SocketsAreRefused()) ::_exit(1);
  char* const no_words[] = {nullptr};
  ::execve("/", no_words, no_words);  // a directory: without the filter an error, not a program
  ::_exit(2);
}

bool EndedByFilter(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

}  // namespace

Expected<SandboxReport> TestSandbox(const SandboxLimits& limits) {
  // The child's report crosses in shared memory, which needs no system call on its way.
  void* const page = ::mmap(nullptr, sizeof(SandboxReport), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return FailErrno("mmap");
  auto* const shared = new (page) SandboxReport();
  const pid_t zygote = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    *shared = EnterSandbox(limits, zygote);
    TryToEscape();
  }
  if (child < 0) {
    ::munmap(page, sizeof(SandboxReport));
    return FailErrno("fork");
  }
  const bool passed = EndedByFilter(child);
  SandboxReport report = *shared;
  ::munmap(page, sizeof(SandboxReport));
  if (!passed) report.Remove(SandboxFeature::kSeccomp);
  return report;
}

}  // namespace thimble
