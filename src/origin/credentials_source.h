// Where keys can be had: STS, an agent, a metadata service, a file. RenewedCredentials
// (renewed_credentials.h) decides when to ask.
//
// Thread-safety: calls on the executor's one thread. Must not outlive the executor's context.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "base/deadline.h"
#include "base/error.h"
#include "origin/credentials.h"
#include "origin/credentials_choice.h"
#include "origin/text_exchange.h"

namespace thimble {

class CredentialsSource {
 public:
  virtual ~CredentialsSource() = default;
  // Errors: kOriginUnreachable, kOriginTimeout, kOriginFailed; kBadSetting where a file is at
  // fault. The detail names the remedy where one is known.
  virtual boost::asio::awaitable<Expected<Credentials>> Fetch(Deadline deadline) = 0;
  // Whether what Fetch gave last has changed since. Cheap: asked before every request.
  virtual bool Changed(WallTime /*now*/) { return false; }
  // For the log and error messages.
  virtual std::string name() const = 0;
};

using SourceOrError = Expected<std::unique_ptr<CredentialsSource>>;

// `connections`: their limits are those of the requests to the store; the sources' own are shorter.
SourceOrError MakeProfileSource(ProfileKeys keys);
SourceOrError MakeWebIdentitySource(const boost::asio::any_io_executor& executor,
                                    WebIdentity identity, const ConnectionOptions& connections);
// `source`: the keys that the role is taken on with.
SourceOrError MakeAssumedRoleSource(const boost::asio::any_io_executor& executor, AssumedRole role,
                                    std::unique_ptr<CredentialsProvider> source,
                                    const ConnectionOptions& connections);
SourceOrError MakeContainerSource(const boost::asio::any_io_executor& executor,
                                  ContainerEndpoint endpoint, const ConnectionOptions& connections);
SourceOrError MakeInstanceSource(const boost::asio::any_io_executor& executor,
                                 InstanceMetadata metadata, const ConnectionOptions& connections);

}  // namespace thimble
