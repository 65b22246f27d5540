// Notices that a client goes away while its answer is being made.
//
// A client that closes its socket and one that only says that it will send no more (RFC 9293, 3.6:
// a half-closed connection) look the same from here. But a closed socket answers anything that is
// sent to it with a reset. So when the client has ended its side, the first bytes of the answer,
// which are the same whatever the answer will be, are sent ahead. A client that still listens needs
// them anyway, and one that has left is found out by the reset.
//
//   ClientWatch watch(socket, "HTTP/1.1 ", [&] { ... });
//   ... make the answer ...
//   write the answer without its first watch.sent_ahead() bytes
//
// A client that has sent its next request already is only noticed when its connection is reset:
// behind those bytes, which are not read yet, its end cannot be seen.
//
// Thread-safety: none; one thread, which is the executor's. Ownership: borrows the socket, on which
// nothing else may be under way while the watch lives. Errors: none.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace thimble {

class ClientWatch {
 public:
  // `on_gone` is called once at most, by the executor, and never after the watch has ended.
  // `first_bytes` must outlive the watch.
  ClientWatch(boost::asio::ip::tcp::socket& socket, std::string_view first_bytes,
              std::function<void()> on_gone);
  ClientWatch(const ClientWatch&) = delete;
  ClientWatch& operator=(const ClientWatch&) = delete;
  ~ClientWatch();

  std::size_t sent_ahead() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace thimble
