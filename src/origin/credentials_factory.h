// The provider that a choice stands for.
//
// Thread-safety: the executor's one thread. Ownership: the observer, which may be null, must
// outlive the executor's coroutines. Errors: kBadSetting; kSystem.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "base/error.h"
#include "origin/credentials.h"
#include "origin/credentials_choice.h"
#include "origin/text_exchange.h"

namespace thimble {

// Asks nobody yet. `connections`: their limits are those of the requests to the store.
Expected<std::unique_ptr<CredentialsProvider>> MakeCredentialsProvider(
    const boost::asio::any_io_executor& executor, const CredentialsChoice& choice,
    const ConnectionOptions& connections, CredentialsObserver* observer);

}  // namespace thimble
