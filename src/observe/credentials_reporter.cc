#include "observe/credentials_reporter.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

namespace thimble {

void CredentialsReporter::OnCredentialsObtained(std::string_view source,
                                                const std::optional<WallTime>& expires) {
  metrics_.CountCredentialsRenewal(expires);
  if (!expires) return log_.Info(fmt::format("S3 credentials from {}", source));
  log_.Info(fmt::format("S3 credentials from {}, until {:%Y-%m-%dT%H:%M:%SZ}", source,
                        std::chrono::floor<std::chrono::seconds>(*expires)));
}

void CredentialsReporter::OnCredentialsFailed(std::string_view source, const Error& error) {
  metrics_.CountCredentialsFailure();
  log_.Error(fmt::format("no S3 credentials from {}: {}", source, error.detail));
}

}  // namespace thimble
