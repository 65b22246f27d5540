// Tells the service manager that started the server how it is: systemd's protocol of one datagram a
// state, sd_notify(3). Whoever did not name a socket in NOTIFY_SOCKET is told nothing.
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
  // A path, or the name of an abstract socket after "@". Empty: nobody.
  explicit ServiceManager(std::string socket) : socket_(std::move(socket)) {}

  void Ready(std::string_view status) const;
  // Until Ready is said again.
  void Reloading() const;
  void Stopping() const;

 private:
  void Tell(const std::string& state) const;

  std::string socket_;
};

}  // namespace thimble
