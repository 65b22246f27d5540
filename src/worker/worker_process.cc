#include "worker/worker_process.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "worker/channel.h"

namespace thimble {

Expected<WorkerEvent> WorkerProcess::NextEvent() {
  std::array<std::uint8_t, kMaxMessageBytes> buffer{};
  THIMBLE_TRY(const Received received, ReceivePacket(fd(), buffer, Wait::kNo));
  switch (received.state) {
    case Received::State::kNothingYet: return WorkerEvent{};
    case Received::State::kClosed: return WorkerEvent{.kind = WorkerEvent::Kind::kGone};
    case Received::State::kClosedUnread: return WorkerEvent{.kind = WorkerEvent::Kind::kGoneUnread};
    case Received::State::kPacket: break;
  }
  const ByteSpan packet = ByteSpan(buffer).first(received.bytes);
  const std::size_t descriptors = received.descriptors.size();
  if (const auto answer = ParseMessage<AnswerMessage>(packet, descriptors)) {
    return WorkerEvent{.kind = WorkerEvent::Kind::kAnswer, .answer = *answer};
  }
  if (ParseMessage<WorkerReadyMessage>(packet, descriptors)) {
    return WorkerEvent{.kind = WorkerEvent::Kind::kReady};
  }
  return Fail(ErrorCode::kSystem, "not a worker's message");
}

bool WorkerProcess::IsQuiet() const {
  std::uint8_t byte = 0;
  const ssize_t got = ::recv(fd(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Status WorkerProcess::SendBatch(const BatchMessage& batch, int source_fd, int output_fd) {
  return SendPacket(fd(), BytesOfMessage(batch), std::array{source_fd, output_fd});
}

void WorkerProcess::Kill() {
  // Fails only when the process is gone already.
  ::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
}

}  // namespace thimble
