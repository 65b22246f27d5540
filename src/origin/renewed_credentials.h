// Keys that are renewed: before they run out, when their source has changed, and when the store
// says that it does not know them (any more).
//
// Renewing begins at a use of the keys, some minutes before their end (a fraction of their life
// where that is short), and while it goes on the old ones are used. Only where there are none that
// could be used does a use wait, and all such uses wait for the one renewal under way. After a
// failure the next attempt waits a second, then two, up to a minute, and as long as the old keys
// hold nobody notices. Keys that a source hands out although they have run out by this machine's
// clock are used for a minute: the store's clock decides, not ours.
//
// Thread-safety: calls on the executor's one thread. Ownership: the observer must outlive the
// executor's coroutines. Errors: those of the source.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "origin/credentials.h"
#include "origin/credentials_source.h"

namespace thimble {

// How long keys may be used and from when on newer ones are wanted.
struct KeyLifetime {
  WallTime renew_at = WallTime::max();
  WallTime usable_until = WallTime::max();
};

// `jitter` in [0, 1) spreads the renewals of many servers that were started together.
KeyLifetime LifetimeOf(const Credentials& keys, WallTime obtained, double jitter);

// How long to wait after so many failures in a row, 1 or more.
std::chrono::milliseconds WaitAfterFailures(int failures, double jitter);

class RenewedCredentials final : public CredentialsProvider {
 public:
  using WallClock = std::function<WallTime()>;

  // `observer` may be null.
  RenewedCredentials(boost::asio::any_io_executor executor,
                     std::unique_ptr<CredentialsSource> source, CredentialsObserver* observer,
                     WallClock clock = &std::chrono::system_clock::now);
  ~RenewedCredentials() override;
  RenewedCredentials(const RenewedCredentials&) = delete;
  RenewedCredentials& operator=(const RenewedCredentials&) = delete;

  boost::asio::awaitable<Expected<Credentials>> Current(Deadline deadline) override;
  void Refused(const Credentials& used) override;

 private:
  class State;
  std::shared_ptr<State> state_;  // shared with a renewal under way
};

}  // namespace thimble
