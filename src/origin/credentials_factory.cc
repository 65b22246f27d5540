#include "origin/credentials_factory.h"

#include <utility>
#include <variant>

#include "origin/credentials_source.h"
#include "origin/renewed_credentials.h"

namespace thimble {
namespace {

using Executor = boost::asio::any_io_executor;

struct SourceMaker {
  const Executor& executor;
  const ConnectionOptions& connections;

  SourceOrError operator()(const FixedKeys&) const {
    return Fail(ErrorCode::kInternal, "fixed keys have no source");
  }
  SourceOrError operator()(const ProfileKeys& keys) const { return MakeProfileSource(keys); }
  SourceOrError operator()(const WebIdentity& identity) const {
    return MakeWebIdentitySource(executor, identity, connections);
  }
  SourceOrError operator()(const ContainerEndpoint& endpoint) const {
    return MakeContainerSource(executor, endpoint, connections);
  }
  SourceOrError operator()(const InstanceMetadata& metadata) const {
    return MakeInstanceSource(executor, metadata, connections);
  }
  SourceOrError operator()(const std::shared_ptr<const AssumedRole>& role) const {
    // The keys behind the role are nobody's news: what fails there fails the role, which is told.
    THIMBLE_TRY(std::unique_ptr<CredentialsProvider> source,
                MakeCredentialsProvider(executor, role->source, connections, nullptr));
    return MakeAssumedRoleSource(executor, *role, std::move(source), connections);
  }
};

}  // namespace

Expected<std::unique_ptr<CredentialsProvider>> MakeCredentialsProvider(
    const Executor& executor, const CredentialsChoice& choice, const ConnectionOptions& connections,
    CredentialsObserver* observer) {
  if (const auto* const fixed = std::get_if<FixedKeys>(&choice)) {
    if (observer != nullptr) observer->OnCredentialsObtained(fixed->where, std::nullopt);
    return MakeStaticCredentials(fixed->keys);
  }
  const SourceMaker make_source{executor, connections};
  THIMBLE_TRY(std::unique_ptr<CredentialsSource> source, std::visit(make_source, choice));
  return std::make_unique<RenewedCredentials>(executor, std::move(source), observer);
}

}  // namespace thimble
