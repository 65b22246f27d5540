// Lines in the log and counts in the metrics for every renewal of S3 keys.
//
// Thread-safety: the server's one thread. Ownership: borrows both.
#pragma once

#include "observe/log.h"
#include "observe/metrics.h"
#include "origin/credentials.h"

namespace thimble {

class CredentialsReporter : public CredentialsObserver {
 public:
  CredentialsReporter(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

  void OnCredentialsObtained(std::string_view source,
                             const std::optional<WallTime>& expires) override;
  void OnCredentialsFailed(std::string_view source, const Error& error) override;

 private:
  Log& log_;
  Metrics& metrics_;
};

}  // namespace thimble
