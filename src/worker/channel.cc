#include "worker/channel.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

namespace thimble {
namespace {

constexpr std::size_t kControlBytes = CMSG_SPACE(sizeof(int) * kMaxDescriptors);

void AttachDescriptors(msghdr& message, std::span<const int> descriptors) {
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
}

// Takes possession of every descriptor at once, so that none leaks whatever is wrong with the
// packet.
std::vector<UniqueFd> TakeDescriptors(msghdr& message) {
  std::vector<UniqueFd> taken;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      taken.emplace_back(fd);
    }
  }
  return taken;
}

}  // namespace

Expected<std::pair<UniqueFd, UniqueFd>> MakeChannel() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return FailErrno("socketpair");
  }
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

Status SendPacket(int socket, ByteSpan packet, std::span<const int> descriptors) {
  THIMBLE_CHECK(descriptors.size() <= kMaxDescriptors);
  // sendmsg only reads, but iovec, which recvmsg writes through, has no const.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  iovec part{const_cast<std::uint8_t*>(packet.data()), packet.size()};
  alignas(cmsghdr) std::array<char, kControlBytes> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    AttachDescriptors(message, descriptors);
  }
  ssize_t sent = -1;
  do {
    sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return FailErrno("sendmsg");
  return {};
}

Expected<Received> ReceivePacket(int socket, MutableByteSpan buffer, Wait wait) {
  iovec part{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<char, kControlBytes> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const int flags = MSG_CMSG_CLOEXEC | (wait == Wait::kNo ? MSG_DONTWAIT : 0);
  ssize_t got = -1;
  do {
    got = ::recvmsg(socket, &message, flags);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    return Received{.state = Received::State::kNothingYet, .bytes = 0, .descriptors = {}};
  }
  if (got < 0 && errno == ECONNRESET) {
    return Received{.state = Received::State::kClosedUnread, .bytes = 0, .descriptors = {}};
  }
  if (got < 0) return FailErrno("recvmsg");

  Received received{.state = got == 0 ? Received::State::kClosed : Received::State::kPacket,
                    .bytes = static_cast<std::size_t>(got),
                    .descriptors = TakeDescriptors(message)};
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
    return Fail(ErrorCode::kSystem, "packet with more bytes or descriptors than agreed");
  }
  if (received.state == Received::State::kClosed) received.descriptors.clear();
  return received;
}

}  // namespace thimble
