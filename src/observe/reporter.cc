#include "observe/reporter.h"

#include <chrono>
#include <string>

namespace thimble {
namespace {

// While a key is wrong every request fails; the reason need not be said for each.
constexpr std::chrono::minutes kBetweenEqualLines{1};

}  // namespace

void Reporter::OnRequestDone(const RequestRecord& record) {
  metrics_.CountRequest(record);
  log_.Request(record);
}

void Reporter::OnIncident(std::string_view what) {
  metrics_.CountIncident();
  log_.Warning(what);
}

void Reporter::OnRefusal(std::string_view reason, std::string_view what) {
  metrics_.CountOriginRefusal(reason);
  if (IsTimeToSay(reason)) log_.Error("the origin refuses our requests: " + std::string(what));
}

void Reporter::OnRepeat(std::string_view reason) { metrics_.CountOriginRepeat(reason); }

void Reporter::OnNotice(std::string_view reason, std::string_view what) {
  if (IsTimeToSay(reason)) log_.Warning("origin: " + std::string(what));
}

bool Reporter::IsTimeToSay(std::string_view reason) {
  const SteadyClock::time_point now = SteadyClock::now();
  for (auto& [known, last] : said_) {
    if (known != reason) continue;
    if (now - last < kBetweenEqualLines) return false;
    last = now;
    return true;
  }
  said_.emplace_back(reason, now);
  return true;
}

std::string Reporter::RenderMetrics(const ServerGauges& gauges) {
  metrics_.SetDroppedLogLines(log_.dropped_lines());
  return metrics_.Render(gauges);
}

}  // namespace thimble
