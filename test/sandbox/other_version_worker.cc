// A worker program left over from another release.

#include <array>

#include "worker/channel.h"
#include "worker/protocol.h"

namespace thimble {
namespace {

void AnswerAsAnotherVersion() {
  std::array<std::uint8_t, kMaxMessageBytes> packet{};
  static_cast<void>(ReceivePacket(kChannelFd, packet, Wait::kYes));
  auto ready = NewMessage<ReadyMessage>();
  ready.version = VersionTextOf("0.0.0");
  static_cast<void>(SendPacket(kChannelFd, BytesOfMessage(ready)));
  static_cast<void>(ReceivePacket(kChannelFd, packet, Wait::kYes));  // until the server hangs up
}

}  // namespace
}  // namespace thimble

int main() { thimble::AnswerAsAnotherVersion(); }
