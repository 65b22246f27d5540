// Where the keys that sign S3 requests come from.
//
// A CredentialsProvider is asked before every request, so that providers whose keys run out (a
// container's, a web identity's, an instance's metadata service) can fetch new ones; those join
// behind the same interface. Today's chain resolves once, at start: settings, then the
// environment, then the shared credentials file.
//
// Thread-safety: calls on the executor's one thread. Errors: kBadSetting from the chain.
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

struct Credentials {
  std::string access_key_id{};
  std::string secret_access_key{};
  std::string session_token{};  // empty: none
  // Requests signed after this are refused; nothing: these keys do not run out.
  std::optional<std::chrono::system_clock::time_point> expires{};
};

class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  // Keys that are valid now. May wait for the network, but not past `deadline`.
  virtual boost::asio::awaitable<Expected<Credentials>> Current(Deadline deadline) = 0;
  // The store said that these keys are expired or unknown: fetch new ones before the next use.
  // Must not wait. May be called several times for the same keys, and for keys that have been
  // replaced meanwhile: then there is nothing to do.
  virtual void Refused(const Credentials& used) { static_cast<void>(used); }
};

// The value of an environment variable; nothing where it is unset.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string_view name)>;

// The process's own environment.
std::optional<std::string> ProcessEnvironment(std::string_view name);

// What an operator may have set; all of it may be empty.
struct CredentialSettings {
  std::string access_key_id{};
  std::string secret_access_key{};
  std::string session_token{};
  std::string profile{};           // empty: AWS_PROFILE or "default"
  std::string credentials_file{};  // empty: AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials
};

// The first of these that has keys:
//   1. `settings`' own keys,
//   2. `settings`' profile or credentials file, where either is named: the operator chose it,
//   3. AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (or the older AWS_SECRET_KEY),
//   4. the shared credentials file.
// Half a pair, or a named profile that does not exist, is kBadSetting and not passed over: signing
// with somebody else's keys would be worse. So is finding no keys at all; the detail names what was
// tried. Details never hold a secret.
Expected<Credentials> FindCredentials(const CredentialSettings& settings,
                                      const EnvironmentLookup& environment);

// Always the same keys.
std::unique_ptr<CredentialsProvider> MakeStaticCredentials(Credentials credentials);

}  // namespace thimble
