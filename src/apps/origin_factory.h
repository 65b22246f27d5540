// The origin that the settings name.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "base/error.h"
#include "origin/credentials.h"
#include "origin/origin.h"
#include "origin/origin_observer.h"
#include "settings/settings.h"

namespace thimble {

// Who is told of what the origin and its keys go through; each may be null, and must outlive the
// executor's coroutines.
struct OriginObservers {
  OriginObserver* origin = nullptr;
  CredentialsObserver* credentials = nullptr;
};

struct ConfiguredOrigin {
  std::unique_ptr<Origin> origin{};
  // The origin's own; null where requests are not signed.
  CredentialsProvider* credentials = nullptr;
  // Nobody has said where keys come from, so that an instance's metadata service is asked.
  bool credentials_are_guessed = false;
};

// Reads files and waits for nobody. Errors: kBadSetting, for example for a missing folder.
Expected<ConfiguredOrigin> MakeOrigin(const boost::asio::any_io_executor& executor,
                                      const OriginSettings& settings,
                                      const OriginObservers& observers);

// Waits, for seconds at most, until the first keys are there or could not be obtained.
// Errors: kBadSetting where there are no keys at all: none are configured, and no instance's
// metadata service answers. Others: a source that is configured does not hand out keys now; it is
// asked again when they are needed, and requests are answered with 502 until they come.
boost::asio::awaitable<Status> AwaitFirstKeys(const ConfiguredOrigin& configured,
                                              const OriginSettings& settings);

// What `work` comes to, for callers that are no coroutine. Runs whatever else is ready in the
// context, which nobody else may be running.
Status RunUntilDone(boost::asio::io_context& context, boost::asio::awaitable<Status> work);

}  // namespace thimble
