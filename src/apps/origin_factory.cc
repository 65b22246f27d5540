#include "apps/origin_factory.h"

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "origin/credentials_choice.h"
#include "origin/credentials_factory.h"
#include "origin/file_origin.h"
#include "origin/s3_origin.h"

namespace thimble {
namespace {

namespace asio = boost::asio;

// Longer than any source's own patience.
constexpr std::chrono::seconds kFirstKeysLimit{20};

CredentialSettings CredentialSettingsOf(const S3Settings& s3) {
  return {.access_key_id = s3.access_key_id,
          .secret_access_key = s3.secret_access_key,
          .session_token = s3.session_token,
          .profile = s3.profile,
          .credentials_file = s3.credentials_file,
          .region = s3.region};
}

// Empty: the system's. The variables are those of Amazon's programs and of OpenSSL's.
std::string FindCaFile(const std::string& setting) {
  if (!setting.empty()) return setting;
  const std::string bundle = ProcessEnvironment("AWS_CA_BUNDLE").value_or("");
  return bundle.empty() ? ProcessEnvironment("SSL_CERT_FILE").value_or("") : bundle;
}

Expected<ConfiguredOrigin> MakeConfiguredS3Origin(const asio::any_io_executor& executor,
                                                  const OriginSettings& settings,
                                                  const OriginObservers& observers) {
  const S3Settings& s3 = settings.s3;
  const CredentialSettings keys = CredentialSettingsOf(s3);
  ConfiguredOrigin configured;
  THIMBLE_TRY(std::string region, ChooseRegion(keys, &ProcessEnvironment));
  std::unique_ptr<CredentialsProvider> credentials;  // null: requests are not signed
  if (!s3.anonymous) {
    THIMBLE_TRY(const CredentialsChoice choice, ChooseCredentials(keys, &ProcessEnvironment));
    // s3.ca_file is for the store alone; those who hand out keys are others.
    const ConnectionOptions connections{.limits = settings.limits, .ca_file = FindCaFile({})};
    THIMBLE_TRY(credentials,
                MakeCredentialsProvider(executor, choice, connections, observers.credentials));
    configured.credentials = credentials.get();
    configured.credentials_are_guessed = std::holds_alternative<InstanceMetadata>(choice);
  }
  S3Options options{.location = {.endpoint = s3.endpoint,
                                 .region = std::move(region),
                                 .bucket = s3.bucket,
                                 .virtual_host_style = s3.virtual_host_style},
                    .prefix = s3.prefix,
                    .limits = settings.limits,
                    .ca_file = FindCaFile(s3.ca_file),
                    .observer = observers.origin};
  THIMBLE_TRY(configured.origin,
              MakeS3Origin(executor, std::move(options), std::move(credentials)));
  return configured;
}

}  // namespace

Expected<ConfiguredOrigin> MakeOrigin(const asio::any_io_executor& executor,
                                      const OriginSettings& settings,
                                      const OriginObservers& observers) {
  if (settings.kind == OriginSettings::Kind::kS3) {
    return MakeConfiguredS3Origin(executor, settings, observers);
  }
  ConfiguredOrigin configured;
  THIMBLE_TRY(configured.origin, MakeFileOrigin(settings.file_root, settings.limits));
  return configured;
}

asio::awaitable<Status> AwaitFirstKeys(const ConfiguredOrigin& configured,
                                       const OriginSettings& settings) {
  if (configured.credentials == nullptr) co_return Status();
  auto first = co_await configured.credentials->Current(Deadline::After(kFirstKeysLimit));
  if (first) co_return Status();
  const ErrorCode code = first.error().code;
  const bool nobody_answers =
      code == ErrorCode::kOriginUnreachable || code == ErrorCode::kOriginTimeout;
  if (configured.credentials_are_guessed && nobody_answers) {
    co_return Fail(ErrorCode::kBadSetting,
                   NoCredentialsMessage(CredentialSettingsOf(settings.s3), &ProcessEnvironment));
  }
  co_return Forward(first);
}

Status RunUntilDone(asio::io_context& context, asio::awaitable<Status> work) {
  std::optional<Status> done;
  asio::co_spawn(context, std::move(work),
                 [&done](const std::exception_ptr& thrown, Status status) {
                   done.emplace(thrown ? Fail(ErrorCode::kInternal, "thrown at the start")
                                       : std::move(status));
                 });
  while (!done) {
    context.run_one();
    context.restart();
  }
  return std::move(*done);
}

}  // namespace thimble
