// Counters and histograms of everything the server does, in Prometheus' text format. What each
// metric means is its help text in metrics.cc.
//
// Labels have few values only: never a path, a key or a client, which strangers choose.
// Thread-safety: none; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "observe/records.h"

namespace thimble {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void CountRequest(const RequestRecord& record);
  void CountIncident();
  // A fetch of an original that was begun, and one that failed.
  void CountFetch();
  void CountFetchFailure(ErrorCode code);
  // The settings were read again; `succeeded`: and taken over.
  void CountReload(bool succeeded);
  // Since the start.
  void SetDroppedLogLines(std::uint64_t total);
  // Keys for the origin that were obtained, with the moment they run out if they do, and an attempt
  // that failed.
  void CountCredentialsRenewal(const std::optional<std::chrono::system_clock::time_point>& expires);
  void CountCredentialsFailure();
  // `reason`: as OriginObserver tells it.
  void CountOriginRefusal(std::string_view reason);
  void CountOriginRepeat(std::string_view reason);

  std::string Render(const ServerGauges& gauges);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace thimble
