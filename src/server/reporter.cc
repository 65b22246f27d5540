#include "server/reporter.h"

namespace thimble {

void Reporter::OnRequestDone(const RequestRecord& record) {
  metrics_.CountRequest(record);
  log_.Request(record);
}

void Reporter::OnIncident(std::string_view what) {
  metrics_.CountIncident();
  log_.Warning(what);
}

std::string Reporter::RenderMetrics(const ServerGauges& gauges) {
  metrics_.SetDroppedLogLines(log_.dropped_lines());
  return metrics_.Render(gauges);
}

}  // namespace thimble
