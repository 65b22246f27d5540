// Tells the service manager that started the server what state the server is in, by systemd's
// protocol of one datagram for each state, sd_notify(3). Without a socket's name in NOTIFY_SOCKET
// nothing is sent.
//
// libsystemd was refused: it is a large library for a dozen lines, and musl and most containers
// have none.
//
// Thread-safety: one thread. Errors: none; a manager that cannot be reached is passed over, after a
// second at the most.
#pragma once

#include <string>
#include <string_view>

namespace thimble {

class ServiceManager {
 public:
  static ServiceManager FromEnvironment();
  // A path, or the name of an abstract socket after "@". Empty: there is no service manager.
  explicit ServiceManager(std::string socket) : socket_(std::move(socket)) {}

  void Ready(std::string_view status) const;
  // To be followed by Ready when it is done.
  void Reloading() const;
  void Stopping() const;

 private:
  void Tell(const std::string& state) const;

  std::string socket_;
};

}  // namespace thimble
