// An observer that a test can ask what it was told.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "observe/records.h"

namespace thimble {

// Keeps copies of what it was told.
class RecordingObserver final : public RequestObserver {
 public:
  struct Seen {
    RequestRecord record;  // its views must not be used
    std::string method, path, variant, request_id, error_detail;
  };

  void OnRequestDone(const RequestRecord& record) override {
    const std::lock_guard lock(mutex_);
    seen_.push_back({record, std::string(record.method), std::string(record.path),
                     std::string(record.variant), std::string(record.request_id),
                     std::string(record.error_detail)});
  }
  void OnIncident(std::string_view) override {}
  std::string RenderMetrics(const ServerGauges& gauges) override {
    return "connections " + std::to_string(gauges.connections_open) + "\n";
  }

  std::vector<Seen> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
};

}  // namespace thimble
