// A pair of connected SOCK_SEQPACKET sockets: whole packets, descriptors sent along, and an end of
// file when the other process is gone.
//
// Thread-safety: one thread an end. Ownership: received descriptors belong to the caller, closed on
// exec. Errors: kSystem.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace thimble {

// No packet carries more descriptors.
inline constexpr std::size_t kMaxDescriptors = 2;

Expected<std::pair<UniqueFd, UniqueFd>> MakeChannel();

// Fails rather than waits when the socket is non-blocking; never raises SIGPIPE.
Status SendPacket(int socket, ByteSpan packet, std::span<const int> descriptors = {});

enum class Wait : bool { kNo, kYes };

struct Received {
  enum class State {
    kPacket,
    kNothingYet,
    kClosed,
    kClosedUnread,  // and the other side never read the last packet we sent
  };
  State state = State::kClosed;
  std::size_t bytes = 0;
  std::vector<UniqueFd> descriptors;
};

// A packet longer than `buffer`, or with more than kMaxDescriptors, is an error; whatever
// descriptors it brought are closed. An empty packet counts as closed: nobody sends one.
Expected<Received> ReceivePacket(int socket, MutableByteSpan buffer, Wait wait);

}  // namespace thimble
