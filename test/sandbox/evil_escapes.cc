// What code running inside a decoder would try next.

#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "evil_engine.h"

namespace thimble {
namespace {

constexpr int kChannel = 3;
constexpr int kSource = 4;
constexpr int kOutput = 5;

// A deed that must be refused by an error; `result` is the system call's.
Expected<ResizeOutcome> MustFail(const EvilJob& job, long result) {
  if (result != -1) return Fail(ErrorCode::kCorruptImage, "was allowed");
  return HonestResult(job.out);
}
Expected<ResizeOutcome> MustNotMap(const EvilJob& job, int protection, int flags, int fd) {
  const void* const mapped = ::mmap(nullptr, 4096, protection, flags, fd, 0);
  return MustFail(job, mapped == MAP_FAILED ? -1 : 0);
}

void* Nothing(void*) { return nullptr; }

constexpr auto kRefused = std::to_array<NamedDeed>({
    {"open", [](const EvilJob& job) { return MustFail(job, ::open("/etc/passwd", O_RDONLY)); }},
    {"create", [](const EvilJob& job) { return MustFail(job, ::creat("/tmp/evil", 0600)); }},
    {"stat",
     [](const EvilJob& job) {
       struct stat facts {};
       return MustFail(job, ::stat("/etc/passwd", &facts));
     }},
    {"unlink", [](const EvilJob& job) { return MustFail(job, ::unlink("/tmp/evil")); }},
    {"socket", [](const EvilJob& job) { return MustFail(job, ::socket(AF_INET, SOCK_STREAM, 0)); }},
    {"unix_socket",
     [](const EvilJob& job) { return MustFail(job, ::socket(AF_UNIX, SOCK_STREAM, 0)); }},
    {"memfd", [](const EvilJob& job) { return MustFail(job, ::memfd_create("evil", 0)); }},
    {"dup", [](const EvilJob& job) { return MustFail(job, ::dup(kChannel)); }},
    {"read_log",
     [](const EvilJob& job) {
       char byte = 0;
       return MustFail(job, ::pread(STDERR_FILENO, &byte, 1, 0));
     }},
    {"seek_log", [](const EvilJob& job) { return MustFail(job, ::lseek(STDERR_FILENO, 0, 0)); }},
    {"map_log",
     [](const EvilJob& job) { return MustNotMap(job, PROT_READ, MAP_SHARED, STDERR_FILENO); }},
    {"map_executable",
     [](const EvilJob& job) {
       return MustNotMap(job, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
     }},
    {"make_executable",
     [](const EvilJob& job) {
       void* const page =
           ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       return MustFail(job, ::mprotect(page, 4096, PROT_READ | PROT_EXEC));
     }},
    {"map_uncounted",
     [](const EvilJob& job) {
       return MustNotMap(job, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
     }},
    {"write_source",
     [](const EvilJob& job) {
       return MustNotMap(job, PROT_READ | PROT_WRITE, MAP_SHARED, kSource);
     }},
    {"shrink_source", [](const EvilJob& job) { return MustFail(job, ::ftruncate(kSource, 0)); }},
    {"shrink_output", [](const EvilJob& job) { return MustFail(job, ::ftruncate(kOutput, 0)); }},
    {"grow_output",
     [](const EvilJob& job) { return MustFail(job, ::ftruncate(kOutput, 1L << 40)); }},
    {"seal_output",
     [](const EvilJob& job) { return MustFail(job, ::fcntl(kOutput, F_ADD_SEALS, F_SEAL_WRITE)); }},
    {"fork",
     [](const EvilJob& job) {
       const pid_t child = ::fork();
       if (child == 0) ::_exit(0);
       return MustFail(job, child);
     }},
    {"thread",
     [](const EvilJob& job) {
       pthread_t thread{};
       return MustFail(job, ::pthread_create(&thread, nullptr, &Nothing, nullptr) == 0 ? 0 : -1);
     }},
    {"raise_limit",
     [](const EvilJob& job) {
       const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
       return MustFail(job, ::setrlimit(RLIMIT_DATA, &unlimited));
     }},
    {"outlive_zygote",
     [](const EvilJob& job) { return MustFail(job, ::prctl(PR_SET_PDEATHSIG, 0)); }},
    {"become_root", [](const EvilJob& job) { return MustFail(job, ::setuid(0)); }},
});

// Deeds that end the worker before this returns.
Expected<ResizeOutcome> MustKill(long result) {
  return Fail(ErrorCode::kCorruptImage, "survived with " + std::to_string(result));
}

constexpr auto kDeadly = std::to_array<NamedDeed>({
    {"exec",
     [](const EvilJob&) {
       char* const none[] = {nullptr};
       return MustKill(::execve("/", none, none));
     }},
    {"ptrace", [](const EvilJob&) { return MustKill(::ptrace(PTRACE_TRACEME, 0, nullptr, 0)); }},
    // Signal 0 harms nobody if the sandbox fails.
    {"kill", [](const EvilJob&) { return MustKill(::kill(1, 0)); }},
    {"thread_kill", [](const EvilJob&) { return MustKill(::syscall(SYS_tgkill, 1, 1, 0)); }},
    {"read_memory",
     [](const EvilJob&) { return MustKill(::process_vm_readv(1, nullptr, 0, nullptr, 0, 0)); }},
    {"namespace", [](const EvilJob&) { return MustKill(::unshare(CLONE_NEWUSER)); }},
    {"clone_namespace",
     [](const EvilJob&) {
       const long child =
           ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, 0);
       if (child == 0) ::_exit(0);
       return MustKill(child);
     }},
    {"io_uring",
     [](const EvilJob&) { return MustKill(::syscall(SYS_io_uring_setup, 1, nullptr)); }},
    {"bpf", [](const EvilJob&) { return MustKill(::syscall(SYS_bpf, 0, nullptr, 0)); }},
});

}  // namespace

Deed FindEscape(std::string_view verb) {
  for (const auto& [name, deed] : kRefused) {
    if (name == verb) return deed;
  }
  for (const auto& [name, deed] : kDeadly) {
    if (name == verb) return deed;
  }
  return nullptr;
}

}  // namespace thimble
