// The keys that sign S3 requests, and who hands them out.
//
// A CredentialsProvider is asked before every request, so that keys which run out (a web
// identity's, a container's, an instance's) are renewed behind the interface. Which provider a
// process gets is decided in credentials_choice.h.
//
// Thread-safety: calls on the executor's one thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/error.h"

namespace thimble {

using WallTime = std::chrono::system_clock::time_point;

struct Credentials {
  std::string access_key_id{};
  std::string secret_access_key{};
  std::string session_token{};  // empty: none
  // Requests signed after this are refused; nothing: these keys do not run out.
  std::optional<WallTime> expires{};

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  // Keys that are valid now. May wait for the network, but not past `deadline`. Errors:
  // kOriginUnreachable, kOriginTimeout, kOriginFailed.
  virtual boost::asio::awaitable<Expected<Credentials>> Current(Deadline deadline) = 0;
  // The store said that these keys are expired or unknown: fetch new ones before the next use.
  // Must not wait. May be called several times for the same keys, and for keys that have been
  // replaced meanwhile: then there is nothing to do.
  virtual void Refused(const Credentials& used) { static_cast<void>(used); }
};

// Told of every time that keys were obtained or could not be; for logs and metrics. `source` is
// for people: "the container endpoint http://...". Neither it nor an error holds a secret.
class CredentialsObserver {
 public:
  virtual ~CredentialsObserver() = default;
  virtual void OnCredentialsObtained(std::string_view source,
                                     const std::optional<WallTime>& expires) = 0;
  virtual void OnCredentialsFailed(std::string_view source, const Error& error) = 0;
};

// The value of an environment variable; nothing where it is unset.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string_view name)>;

// The process's own environment.
std::optional<std::string> ProcessEnvironment(std::string_view name);

// Always the same keys.
std::unique_ptr<CredentialsProvider> MakeStaticCredentials(Credentials credentials);

}  // namespace thimble
