#include "worker/zygote.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <optional>
#include <span>
#include <string>

#include "worker/channel.h"
#include "worker/protocol.h"
#include "worker/sandbox.h"
#include "worker/self_test.h"

namespace thimble {
namespace {

constexpr int kNoServerStatus = 2;
constexpr int kWorkerFailedStatus = 3;

// Ctrl-C and a service manager's SIGTERM reach every process of the group, but ending them is the
// server's to do: it drains first. What else a service manager sends is meant for the server too.
void LeaveEndingToServer() {
  for (const int signal_number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2}) {
    std::signal(signal_number, SIG_IGN);
  }
}

Expected<UniqueFd> WatchChildren() {
  sigset_t children;
  ::sigemptyset(&children);
  ::sigaddset(&children, SIGCHLD);
  if (::sigprocmask(SIG_BLOCK, &children, nullptr) != 0) return FailErrno("sigprocmask");
  UniqueFd watch(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!watch) return FailErrno("signalfd");
  return watch;
}

// What RLIMIT_DATA would count now.
Expected<std::uint64_t> OwnDataBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::uint64_t kilobytes = 0;
    if (word == "VmData:" && status >> kilobytes) return kilobytes * 1024;
  }
  return Fail(ErrorCode::kSystem, "no VmData in /proc/self/status");
}

Expected<HelloMessage> ReceiveHello() {
  std::array<std::uint8_t, kMaxMessageBytes> packet{};
  THIMBLE_TRY(const Received received, ReceivePacket(kChannelFd, packet, Wait::kYes));
  const std::optional<HelloMessage> hello = ParseMessage<HelloMessage>(
      ByteSpan(packet).first(received.bytes), received.descriptors.size());
  if (!hello) return Fail(ErrorCode::kSystem, "a greeting of another version");
  return *hello;
}

template <Message M>
Status Send(const M& message, std::span<const int> descriptors = {}) {
  return SendPacket(kChannelFd, BytesOfMessage(message), descriptors);
}

class Zygote {
 public:
  Zygote(const Engine& engine, const HelloMessage& hello, SandboxLimits limits, UniqueFd children)
      : engine_(engine),
        sandbox_is_optional_(hello.allow_missing_sandbox != 0),
        limits_(limits),
        children_(std::move(children)) {}

  // Until the server closes the socket.
  Status Serve();

 private:
  Expected<bool> HandleRequest();  // false: the server is gone
  Status SpawnWorker();
  [[noreturn]] void BecomeWorker(UniqueFd channel, pid_t zygote);
  void ReportExits();

  Engine engine_;
  bool sandbox_is_optional_;
  SandboxLimits limits_;
  UniqueFd children_;
};

Status Zygote::Serve() {
  for (;;) {
    std::array<pollfd, 2> waiting{{{kChannelFd, POLLIN, 0}, {children_.get(), POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return FailErrno("poll");
    ReportExits();
    if (waiting[0].revents == 0) continue;
    THIMBLE_TRY(const bool server_lives, HandleRequest());
    if (!server_lives) return {};
  }
}

Expected<bool> Zygote::HandleRequest() {
  std::array<std::uint8_t, kMaxMessageBytes> packet{};
  THIMBLE_TRY(const Received received, ReceivePacket(kChannelFd, packet, Wait::kNo));
  if (received.state == Received::State::kNothingYet) return true;
  if (received.state != Received::State::kPacket) return false;
  if (!ParseMessage<SpawnMessage>(ByteSpan(packet).first(received.bytes),
                                  received.descriptors.size())) {
    return Fail(ErrorCode::kSystem, "an unknown request");
  }
  if (Status s = SpawnWorker(); !s) {
    std::fprintf(stderr, "thimble-worker: no new worker: %s\n", s.error().detail.c_str());
    if (Status told = Send(NewMessage<SpawnFailedMessage>()); !told) return Forward(told);
  }
  return true;
}

Status Zygote::SpawnWorker() {
  THIMBLE_TRY(auto channel, MakeChannel());
  auto& [server_end, worker_end] = channel;
  const pid_t zygote = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return FailErrno("fork");
  if (child == 0) BecomeWorker(std::move(worker_end), zygote);
  worker_end.reset();  // before anybody hears of the worker: its end must be the socket's end
  // Nobody else waits for children, so the id is still this child's. (glibc 2.36 declares
  // pidfd_open, but not for C++.)
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  if (!process) {
    const auto failure = FailErrno("pidfd_open");
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    return failure;
  }
  auto message = NewMessage<SpawnedMessage>();
  message.pid = child;
  return Send(message, std::array{server_end.get(), process.get()});
}

void Zygote::BecomeWorker(UniqueFd channel, pid_t zygote) {
  // Takes the place of the zygote's own socket; everything else is closed.
  if (::dup2(channel.get(), kChannelFd) < 0) ::_exit(kWorkerFailedStatus);
  ::closefrom(kChannelFd + 1);
  const SandboxReport report = EnterSandbox(limits_, zygote);
  if (!report.Has(SandboxFeature::kSeccomp) && !sandbox_is_optional_) {
    std::fputs("thimble-worker: a new worker could not enter its sandbox\n", stderr);
    ::_exit(kWorkerFailedStatus);
  }
  Status served = Send(NewMessage<WorkerReadyMessage>());
  if (served) served = ServeBatches(kChannelFd, engine_);
  ::_exit(served ? 0 : kWorkerFailedStatus);
}

void Zygote::ReportExits() {
  // One signal may stand for several children, so only its arrival is read from it.
  signalfd_siginfo arrived{};
  while (::read(children_.get(), &arrived, sizeof arrived) > 0) {
  }
  for (;;) {
    int wait_status = 0;
    const pid_t child = ::waitpid(-1, &wait_status, WNOHANG);
    if (child <= 0) return;
    auto message = NewMessage<ExitedMessage>();
    message.pid = child;
    message.wait_status = wait_status;
    // Fails only when the server is gone; then the socket's end of file comes next.
    static_cast<void>(Send(message));
  }
}

Status GreetAndServe(const Engine& engine, const HelloMessage& hello) {
  LeaveEndingToServer();
  THIMBLE_TRY(UniqueFd children, WatchChildren());
  if (Status s = engine.warm_up(); !s) return s;
  THIMBLE_TRY(const std::uint64_t baseline, OwnDataBytes());
  const SandboxLimits limits{.data_bytes = baseline + hello.worker_memory_bytes,
                             .file_bytes = hello.max_result_bytes};
  THIMBLE_TRY(const SandboxReport report, TestSandbox(limits));
  auto ready = NewMessage<ReadyMessage>();
  ready.features = report.features;
  ready.landlock_abi = report.landlock_abi;
  ready.version = VersionTextOf(THIMBLE_VERSION);
  ready.libraries = LibrariesTextOf(engine.libraries());
  if (Status s = Send(ready); !s) return s;
  return Zygote(engine, hello, limits, std::move(children)).Serve();
}

}  // namespace

int RunZygote(const Engine& engine) {
  Expected<HelloMessage> hello = ReceiveHello();
  if (!hello) {
    std::fprintf(stderr, "thimble-worker: no server at descriptor %d: %s\n", kChannelFd,
                 hello.error().detail.c_str());
    return kNoServerStatus;
  }
  if (Status s = GreetAndServe(engine, *hello); !s) {
    std::fprintf(stderr, "thimble-worker: %s\n", s.error().detail.c_str());
    return 1;
  }
  return 0;
}

}  // namespace thimble
