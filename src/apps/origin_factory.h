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

// They are told what happens to the origin and its keys. Each may be null, and must outlive the
// executor's coroutines.
struct OriginObservers {
  OriginObserver* origin = nullptr;
  CredentialsObserver* credentials = nullptr;
};

struct ConfiguredOrigin {
  std::unique_ptr<Origin> origin{};
  // The origin's own; null where requests are not signed.
  CredentialsProvider* credentials = nullptr;
  // It is not configured where keys come from, so that an instance's metadata service is asked.
  bool credentials_are_guessed = false;
};

// Reads files and waits for nobody. Errors: kBadSetting, for example for a missing folder.
Expected<ConfiguredOrigin> MakeOrigin(const boost::asio::any_io_executor& executor,
                                      const OriginSettings& settings,
                                      const OriginObservers& observers);

// Waits, for seconds at most, until the first keys are there or could not be obtained.
// Errors: kBadSetting where there are no keys at all: none are configured, and no instance's
// metadata service answers. Others: a source that is configured does not hand out keys now; it is
// asked again when they are needed, and requests for originals fail until they come.
boost::asio::awaitable<Status> AwaitFirstKeys(const ConfiguredOrigin& configured,
                                              const OriginSettings& settings);

// The result of `work`, for callers that are not coroutines. Runs whatever else is ready in the
// context too; no other thread may be running it.
Status RunUntilDone(boost::asio::io_context& context, boost::asio::awaitable<Status> work);

}  // namespace thimble
