#include "worker/zygote_client.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include "worker/channel.h"

namespace thimble {
namespace {

using Kind = ZygoteEvent::Kind;

class SpawnAttributes {
 public:
  SpawnAttributes() {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawnattr_init(&process_);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() {
    ::posix_spawnattr_destroy(&process_);
    ::posix_spawn_file_actions_destroy(&files_);
  }

  // Only the channel and stderr cross over.
  void KeepOnly(int channel, int stderr_fd) {
    if (stderr_fd >= 0) ::posix_spawn_file_actions_adddup2(&files_, stderr_fd, STDERR_FILENO);
    ::posix_spawn_file_actions_adddup2(&files_, channel, kChannelFd);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, kChannelFd + 1);
  }

  // The server's own ways with signals, and its terminal, are not the workers'.
  void StartAfresh() {
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&process_, &none);
    ::posix_spawnattr_setsigdefault(&process_, &all);
    ::posix_spawnattr_setflags(&process_,
                               POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  }

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* process() const { return &process_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t process_{};
};

Expected<pid_t> SpawnProgram(std::string program, int channel, int stderr_fd) {
  SpawnAttributes attributes;
  attributes.KeepOnly(channel, stderr_fd);
  attributes.StartAfresh();
  std::string argument = "--zygote";
  const std::array<char*, 3> arguments{program.data(), argument.data(), nullptr};
  // Credentials live in the server's environment; workers must not even inherit them.
  const std::array<char*, 1> environment{nullptr};
  pid_t pid = -1;
  errno = ::posix_spawn(&pid, program.c_str(), attributes.files(), attributes.process(),
                        arguments.data(), environment.data());
  if (errno != 0) return FailErrno("start " + program);
  return pid;
}

Expected<ZygoteEvent> EventFromReady(const ReadyMessage& message) {
  if (message.version != VersionTextOf(THIMBLE_VERSION)) {
    return Fail(ErrorCode::kBadSetting, "the worker program is of another version");
  }
  return ZygoteEvent{
      .kind = Kind::kReady,
      .sandbox = {.features = message.features, .landlock_abi = message.landlock_abi},
      .libraries = LibrariesFrom(message.libraries)};
}

// Workers cannot reach this socket, so what comes over it is not hostile: it may only be of another
// version.
Expected<ZygoteEvent> EventFromPacket(ByteSpan packet, std::vector<UniqueFd> descriptors) {
  const std::size_t count = descriptors.size();
  if (const auto ready = ParseMessage<ReadyMessage>(packet, count)) return EventFromReady(*ready);
  if (const auto spawned = ParseMessage<SpawnedMessage>(packet, count)) {
    return ZygoteEvent{.kind = Kind::kSpawned,
                       .pid = spawned->pid,
                       .channel = std::move(descriptors[0]),
                       .process = std::move(descriptors[1])};
  }
  if (ParseMessage<SpawnFailedMessage>(packet, count)) {
    return ZygoteEvent{.kind = Kind::kSpawnFailed};
  }
  if (const auto exited = ParseMessage<ExitedMessage>(packet, count)) {
    return ZygoteEvent{
        .kind = Kind::kExited, .pid = exited->pid, .wait_status = exited->wait_status};
  }
  return Fail(ErrorCode::kSystem, "the zygote said something unknown");
}

}  // namespace

Expected<ZygoteClient> ZygoteClient::Launch(const ZygoteOptions& options) {
  THIMBLE_TRY(auto channel, MakeChannel());
  THIMBLE_TRY(const pid_t pid,
              SpawnProgram(options.program, channel.second.get(), options.stderr_fd));
  ZygoteClient zygote(pid, std::move(channel.first));
  auto hello = NewMessage<HelloMessage>();
  hello.worker_memory_bytes = options.worker_memory_bytes;
  hello.max_result_bytes = options.max_result_bytes;
  hello.allow_missing_sandbox = options.allow_missing_sandbox ? 1 : 0;
  if (Status s = SendPacket(zygote.fd(), BytesOfMessage(hello)); !s) return Forward(s);
  return zygote;
}

ZygoteClient::ZygoteClient(ZygoteClient&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), channel_(std::move(other.channel_)) {}

Status ZygoteClient::RequestWorker() {
  return SendPacket(fd(), BytesOfMessage(NewMessage<SpawnMessage>()));
}

Expected<ZygoteEvent> ZygoteClient::NextEvent() {
  std::array<std::uint8_t, kMaxMessageBytes> packet{};
  THIMBLE_TRY(Received received, ReceivePacket(fd(), packet, Wait::kNo));
  switch (received.state) {
    case Received::State::kNothingYet: return ZygoteEvent{};
    case Received::State::kClosed:
    case Received::State::kClosedUnread: return ZygoteEvent{.kind = Kind::kGone};
    case Received::State::kPacket: break;
  }
  return EventFromPacket(ByteSpan(packet).first(received.bytes), std::move(received.descriptors));
}

std::string ZygoteClient::End() {
  if (pid_ < 0) return {};
  // A child that nobody has waited for keeps its id, so this cannot hit another process.
  ::kill(pid_, SIGKILL);
  int wait_status = 0;
  pid_t reaped = -1;
  do {
    reaped = ::waitpid(pid_, &wait_status, 0);
  } while (reaped < 0 && errno == EINTR);
  pid_ = -1;
  return reaped < 0 ? "unknown" : DescribeWaitStatus(wait_status);
}

std::string DescribeWaitStatus(int wait_status) {
  if (WIFEXITED(wait_status)) return "exit status " + std::to_string(WEXITSTATUS(wait_status));
  const int signal_number = WTERMSIG(wait_status);
  const char* const name = ::sigdescr_np(signal_number);
  return "signal " + std::to_string(signal_number) + " (" + (name != nullptr ? name : "?") + ")";
}

}  // namespace thimble
