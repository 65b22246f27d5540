// The server's observer and its origin's: one line in the log and one count in the metrics for each
// request; lines about the origin, at most one a minute for each reason.
//
// Thread-safety: as RequestObserver. Ownership: borrows both.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "observe/records.h"
#include "origin/origin_observer.h"

namespace thimble {

class Reporter : public RequestObserver, public OriginObserver {
 public:
  Reporter(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

  void OnRequestDone(const RequestRecord& record) override;
  void OnIncident(std::string_view what) override;
  std::string RenderMetrics(const ServerGauges& gauges) override;

  void OnRefusal(std::string_view reason, std::string_view what) override;
  void OnRepeat(std::string_view reason) override;
  void OnNotice(std::string_view reason, std::string_view what) override;

 private:
  bool IsTimeToSay(std::string_view reason);

  Log& log_;
  Metrics& metrics_;
  std::vector<std::pair<std::string_view, SteadyClock::time_point>> said_;  // last, by reason
};

}  // namespace thimble
