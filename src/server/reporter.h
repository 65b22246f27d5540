// The server's observer: one line in the log and one count in the metrics for each request.
//
// Thread-safety: as RequestObserver. Ownership: borrows both.
#pragma once

#include "server/logging.h"
#include "server/metrics.h"
#include "server/telemetry.h"

namespace thimble {

class Reporter : public RequestObserver {
 public:
  Reporter(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

  void OnRequestDone(const RequestRecord& record) override;
  void OnIncident(std::string_view what) override;
  std::string RenderMetrics(const ServerGauges& gauges) override;

 private:
  Log& log_;
  Metrics& metrics_;
};

}  // namespace thimble
