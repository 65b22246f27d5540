#include "server/client_watch.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace thimble {

using boost::asio::ip::tcp;
using boost::system::error_code;

// Shared with the waits under way, which may end after the watch.
struct ClientWatch::State : std::enable_shared_from_this<State> {
  State(tcp::socket& watched, std::string_view first, std::function<void()> gone)
      : socket(watched), first_bytes(first), on_gone(std::move(gone)) {}

  void WaitForAnything();
  void WaitForReset();
  void OnReadable();
  void OnClientsEnd();
  void OnReset();

  tcp::socket& socket;  // only while not `ended`
  std::string_view first_bytes;
  std::function<void()> on_gone;
  std::size_t sent_ahead = 0;
  bool ended = false;
};

void ClientWatch::State::WaitForAnything() {
  socket.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    if (!self->ended && !error) self->OnReadable();
  });
}

void ClientWatch::State::WaitForReset() {
  socket.async_wait(tcp::socket::wait_error, [self = shared_from_this()](error_code error) {
    if (!self->ended && !error) self->OnReset();
  });
}

void ClientWatch::State::OnReadable() {
  char byte = 0;
  const ssize_t got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0) return WaitForReset();
  if (got == 0) return OnClientsEnd();
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return WaitForAnything();
  on_gone();
}

void ClientWatch::State::OnClientsEnd() {
  const ssize_t sent = ::send(socket.native_handle(), first_bytes.data(), first_bytes.size(),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return on_gone();
  if (sent > 0) sent_ahead = static_cast<std::size_t>(sent);
  WaitForReset();
}

// Also called for urgent data, which nobody here waits for: then it is no use to go on looking.
void ClientWatch::State::OnReset() {
  pollfd now{.fd = socket.native_handle(), .events = 0, .revents = 0};
  const bool is_reset = ::poll(&now, 1, 0) > 0 && (now.revents & (POLLERR | POLLHUP)) != 0;
  if (is_reset) on_gone();
}

ClientWatch::ClientWatch(tcp::socket& socket, std::string_view first_bytes,
                         std::function<void()> on_gone)
    : state_(std::make_shared<State>(socket, first_bytes, std::move(on_gone))) {
  state_->WaitForAnything();
}

ClientWatch::~ClientWatch() {
  state_->ended = true;
  error_code ignored;
  state_->socket.cancel(ignored);
}

std::size_t ClientWatch::sent_ahead() const { return state_->sent_ahead; }

}  // namespace thimble
