// Names for requests, so that a client's report finds its line in the log.
//
// Thread-safety: none; one thread.
#pragma once

#include <random>
#include <string>
#include <string_view>

namespace thimble {

class RequestIds {
 public:
  RequestIds();

  // `offered`, the client's X-Request-ID, when it is 1-64 of [A-Za-z0-9_-]; else a new one. Written
  // into `id`.
  void Assign(std::string_view offered, std::string& id);

 private:
  std::mt19937_64 random_;  // unique, not secret
};

}  // namespace thimble
