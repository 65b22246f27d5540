#include "observe/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/labels.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "observe/names.h"
#include "observe/process_stats.h"

namespace thimble {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Labels;
using prometheus::Registry;

// Seconds; a cache hit takes a tenth of a millisecond, a request never more than its deadline.
const Histogram::BucketBoundaries& DurationBuckets() {
  static const Histogram::BucketBoundaries buckets = {
      0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return buckets;
}

Counter& PlainCounter(Registry& registry, const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

Gauge& PlainGauge(Registry& registry, const char* name, const char* help) {
  return BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

// Brings a counter up to a total that is counted elsewhere.
template <class Number>
void CatchUp(Counter& counter, Number total) {
  counter.Increment(static_cast<double>(total) - counter.Value());
}

template <class Number>
void Set(Gauge& gauge, Number value) {
  gauge.Set(static_cast<double>(value));
}

void Observe(Histogram& histogram, std::chrono::microseconds span) {
  histogram.Observe(std::chrono::duration<double>(span).count());
}

// A family's counters by what they count. Family::Add finds a counter by hashing and comparing maps
// of texts, which took a quarter of a cache hit's instructions; here each is found by a few
// comparisons. A counter is made when it is first needed, and not before: what never happened is
// not told. There are as many as label values, which are few.
template <class Key>
class CountersBy {
 public:
  explicit CountersBy(Family<Counter>& family) : family_(family) {}

  template <class LabelsOf>
  Counter& Get(const Key& key, LabelsOf labels_of) {
    for (const auto& [known, counter] : known_) {
      if (known == key) return *counter;
    }
    Counter& made = family_.Add(labels_of());  // stays where it is while the family lives
    known_.emplace_back(key, &made);
    return made;
  }

 private:
  Family<Counter>& family_;
  std::vector<std::pair<Key, Counter*>> known_;
};

using Outcome = std::tuple<Route, int, std::optional<ErrorCode>>;  // with the HTTP status

Labels LabelsOf(const Outcome& outcome) {
  const auto& [route, status, error] = outcome;
  return {{"route", std::string(NameOf(route))},
          {"status", std::to_string(status)},
          {"code", std::string(CodeNameOf(error))}};
}

}  // namespace

// All metrics, by where their values come from.
struct Metrics::Families {
  Registry registry;

  // Replaces the name that was there.
  void NameEngine(const std::string& fingerprint) {
    if (fingerprint == named_engine) return;
    if (engine_gauge != nullptr) engine.Remove(engine_gauge);
    engine_gauge = &engine.Add({{"fingerprint", fingerprint}});
    engine_gauge->Set(1);
    named_engine = fingerprint;
  }
  Family<Gauge>& engine =
      BuildGauge()
          .Name("thimble_engine_info")
          .Help("1, labelled with what makes the bytes and is a part of every entity tag.")
          .Register(registry);
  Gauge* engine_gauge = nullptr;
  std::string named_engine;

  // Requests.
  Family<Counter>& requests = BuildCounter()
                                  .Name("thimble_requests_total")
                                  .Help("Requests answered, by route, HTTP status and code.")
                                  .Register(registry);
  CountersBy<Outcome> by_outcome{requests};
  Counter& body_bytes =
      PlainCounter(registry, "thimble_response_body_bytes_total", "Bytes of bodies sent.");
  Counter& incomplete = PlainCounter(registry, "thimble_responses_incomplete_total",
                                     "Answers whose client went away or was too slow.");
  Family<Counter>& pictures = BuildCounter()
                                  .Name("thimble_pictures_total")
                                  .Help("Pictures sent, by format.")
                                  .Register(registry);
  CountersBy<ImageFormat> by_format{pictures};
  Family<Counter>& cache = BuildCounter()
                               .Name("thimble_cache_requests_total")
                               .Help("Requests for pictures, by what the cache made of them.")
                               .Register(registry);
  CountersBy<CacheState> by_cache_state{cache};
  Histogram& total = BuildHistogram()
                         .Name("thimble_request_duration_seconds")
                         .Help("Requests for pictures, first byte in to last byte out.")
                         .Register(registry)
                         .Add({}, DurationBuckets());
  Family<Histogram>& stages = BuildHistogram()
                                  .Name("thimble_stage_duration_seconds")
                                  .Help("Fetching, waiting for a worker, and processing.")
                                  .Register(registry);
  Histogram& fetch = stages.Add({{"stage", "fetch"}}, DurationBuckets());
  Histogram& queue = stages.Add({{"stage", "queue"}}, DurationBuckets());
  Histogram& process = stages.Add({{"stage", "process"}}, DurationBuckets());
  Counter& incidents = PlainCounter(registry, "thimble_incidents_total",
                                    "Faults that belong to no request; the log says which.");

  Family<Counter>& reloads = BuildCounter()
                                 .Name("thimble_settings_reloads_total")
                                 .Help("Times the settings were read again, by outcome.")
                                 .Register(registry);
  Counter& reloads_done = reloads.Add({{"outcome", "ok"}});
  Counter& reloads_failed = reloads.Add({{"outcome", "failed"}});
  Gauge& last_reload_succeeded =
      PlainGauge(registry, "thimble_settings_last_reload_successful",
                 "0 while the server runs with older settings than those it was told to read.");
  Counter& log_lines_dropped =
      PlainCounter(registry, "thimble_log_lines_dropped_total",
                   "Lines of the log that were dropped because standard error was not read.");

  // The origin.
  Counter& fetches =
      PlainCounter(registry, "thimble_origin_fetches_total", "Fetches of originals begun.");
  Family<Counter>& fetch_failures = BuildCounter()
                                        .Name("thimble_origin_failures_total")
                                        .Help("Fetches of originals that failed, by code.")
                                        .Register(registry);
  Family<Counter>& renewals =
      BuildCounter()
          .Name("thimble_credentials_renewals_total")
          .Help("Times that keys for the origin were asked for, by outcome.")
          .Register(registry);
  Family<Gauge>& credentials_expiry =
      BuildGauge()
          .Name("thimble_credentials_expiry_timestamp_seconds")
          .Help(
              "When the origin's keys run out, in seconds since 1970; absent if they do not. "
              "They are renewed before that when originals are fetched.")
          .Register(registry);
  Family<Counter>& refusals =
      BuildCounter()
          .Name("thimble_origin_refusals_total")
          .Help(
              "Requests that the origin refused whatever their key, for a fault of ours: "
              "credentials, clock, bucket or region.")
          .Register(registry);
  Family<Counter>& repeats = BuildCounter()
                                 .Name("thimble_origin_repeats_total")
                                 .Help("Requests sent to the origin a second time, by reason.")
                                 .Register(registry);

  // Workers.
  Gauge& workers_alive = PlainGauge(registry, "thimble_workers_alive", "Workers ready for jobs.");
  Gauge& workers_busy = PlainGauge(registry, "thimble_workers_busy", "Workers with a job.");
  Gauge& jobs_queued =
      PlainGauge(registry, "thimble_worker_jobs_queued", "Jobs that wait for a worker.");
  Counter& jobs =
      PlainCounter(registry, "thimble_worker_jobs_total", "Jobs finished, each one picture.");
  Counter& unwanted = PlainCounter(registry, "thimble_worker_jobs_unwanted_total",
                                   "Jobs given up since nobody waited for them any more.");
  Counter& batches = PlainCounter(registry, "thimble_worker_batches_total",
                                  "Batches finished: jobs done together from one original.");
  Family<Counter>& deaths = BuildCounter()
                                .Name("thimble_worker_deaths_total")
                                .Help("Workers that ended before their time, by cause.")
                                .Register(registry);
  Counter& deaths_by_signal = deaths.Add({{"cause", "signal"}});
  Counter& deaths_by_deadline = deaths.Add({{"cause", "deadline"}});
  Counter& deaths_unwanted = deaths.Add({{"cause", "unwanted"}});
  Counter& deaths_by_violation = deaths.Add({{"cause", "violation"}});
  Counter& deaths_by_reply = deaths.Add({{"cause", "bad_reply"}});
  Counter& worker_lines_dropped =
      PlainCounter(registry, "thimble_worker_log_lines_dropped_total",
                   "Lines that workers wrote to standard error and that were not logged.");
  Family<Counter>& compared = BuildCounter()
                                  .Name("thimble_shadow_compared_total")
                                  .Help("Results made by both JPEG decoders, by what came of it.")
                                  .Register(registry);
  Counter& compared_same = compared.Add({{"result", "same"}});
  Counter& compared_other_bytes = compared.Add({{"result", "other_bytes"}});
  Counter& compared_other_verdict = compared.Add({{"result", "other_verdict"}});

  // The server's state.
  Gauge& cache_entries =
      PlainGauge(registry, "thimble_cache_entries", "Results in the memory cache.");
  Gauge& cache_bytes = PlainGauge(registry, "thimble_cache_bytes", "Bytes in the memory cache.");
  Counter& cache_evictions = PlainCounter(registry, "thimble_cache_evictions_total",
                                          "Results put out of the memory cache for room.");
  Gauge& connections =
      PlainGauge(registry, "thimble_connections_open", "Client connections, idle ones included.");
  Gauge& requests_in_flight =
      PlainGauge(registry, "thimble_requests_in_flight", "Requests under way.");
  Gauge& requests_waiting = PlainGauge(registry, "thimble_requests_waiting",
                                       "Requests that wait for a picture to be made.");
  Gauge& predicted_wait = PlainGauge(registry, "thimble_predicted_wait_seconds",
                                     "How long a request that came now would wait for a worker.");
  Family<Counter>& refused = BuildCounter()
                                 .Name("thimble_requests_refused_total")
                                 .Help("Requests refused at once under load, by the reason.")
                                 .Register(registry);
  Counter& refused_for_queue = refused.Add({{"reason", "queue"}});
  Counter& refused_for_waiting = refused.Add({{"reason", "waiting"}});
  Gauge& originals_in_flight = PlainGauge(registry, "thimble_originals_in_flight",
                                          "Originals being fetched or waiting for a worker.");
  Gauge& originals_waiting = PlainGauge(registry, "thimble_originals_waiting",
                                        "Requests that wait for room to fetch their original.");
  Gauge& bad_originals = PlainGauge(registry, "thimble_bad_originals",
                                    "Originals remembered since they cost a worker.");
  Counter& bad_originals_refused =
      PlainCounter(registry, "thimble_bad_originals_refused_total",
                   "Pictures refused without a try, since their original has cost a worker.");
  Gauge& draining = PlainGauge(registry, "thimble_draining", "1 while shutting down.");

  // The process, by the names that dashboards know.
  Counter& cpu_seconds = PlainCounter(registry, "process_cpu_seconds_total",
                                      "User and system CPU of the server without its workers.");
  Gauge& resident =
      PlainGauge(registry, "process_resident_memory_bytes", "Resident memory of the server.");
  Gauge& open_fds = PlainGauge(registry, "process_open_fds", "Open file descriptors.");
  Gauge& max_fds = PlainGauge(registry, "process_max_fds", "Limit of open file descriptors.");
  Gauge& start_time = PlainGauge(registry, "process_start_time_seconds",
                                 "When the server was started, in seconds since 1970.");
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {
  BuildGauge()
      .Name("thimble_build_info")
      .Help("1, labelled with the version.")
      .Register(families_->registry)
      .Add({{"version", THIMBLE_VERSION}})
      .Set(1);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  families_->last_reload_succeeded.Set(1);
  families_->start_time.Set(std::chrono::duration<double>(now).count());
}

Metrics::~Metrics() = default;

void Metrics::CountRequest(const RequestRecord& record) {
  Families& all = *families_;
  const Outcome outcome(record.route, record.status, record.error);
  all.by_outcome.Get(outcome, [&] { return LabelsOf(outcome); }).Increment();
  all.body_bytes.Increment(static_cast<double>(record.body_bytes));
  if (!record.complete) all.incomplete.Increment();
  if (record.route != Route::kPicture) return;

  if (record.format) {
    const auto labels = [&] { return Labels{{"format", std::string(NameOf(*record.format))}}; };
    all.by_format.Get(*record.format, labels).Increment();
  }
  const auto labels = [&] { return Labels{{"state", std::string(NameOf(record.cache))}}; };
  all.by_cache_state.Get(record.cache, labels).Increment();
  Observe(all.total, record.total);
  // A stage that a request did not pass through would drown those that did.
  if (record.stages.fetch.count() > 0) Observe(all.fetch, record.stages.fetch);
  if (record.stages.process.count() > 0) {
    Observe(all.queue, record.stages.queue);
    Observe(all.process, record.stages.process);
  }
}

void Metrics::CountReload(bool succeeded) {
  Families& all = *families_;
  (succeeded ? all.reloads_done : all.reloads_failed).Increment();
  Set(all.last_reload_succeeded, succeeded ? 1 : 0);
}

void Metrics::SetDroppedLogLines(std::uint64_t total) {
  CatchUp(families_->log_lines_dropped, total);
}

void Metrics::CountIncident() { families_->incidents.Increment(); }

void Metrics::CountFetch() { families_->fetches.Increment(); }

void Metrics::CountFetchFailure(ErrorCode code) {
  families_->fetch_failures.Add({{"code", std::string(SlugOf(code))}}).Increment();
}

void Metrics::CountCredentialsRenewal(
    const std::optional<std::chrono::system_clock::time_point>& expires) {
  families_->renewals.Add({{"outcome", "obtained"}}).Increment();
  if (!expires) return;
  const std::chrono::duration<double> since_1970 = expires->time_since_epoch();
  families_->credentials_expiry.Add({}).Set(since_1970.count());
}

void Metrics::CountCredentialsFailure() {
  families_->renewals.Add({{"outcome", "failed"}}).Increment();
}

void Metrics::CountOriginRefusal(std::string_view reason) {
  families_->refusals.Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::CountOriginRepeat(std::string_view reason) {
  families_->repeats.Add({{"reason", std::string(reason)}}).Increment();
}

std::string Metrics::Render(const ServerGauges& gauges) {
  Families& all = *families_;
  const PoolStats& workers = gauges.workers;
  Set(all.workers_alive, workers.workers_alive);
  Set(all.workers_busy, workers.workers_busy);
  Set(all.jobs_queued, workers.jobs_queued);
  CatchUp(all.jobs, workers.jobs_done);
  CatchUp(all.unwanted, workers.jobs_unwanted);
  CatchUp(all.batches, workers.batches_done);
  CatchUp(all.deaths_by_signal, workers.deaths_by_signal);
  CatchUp(all.deaths_by_deadline, workers.deaths_by_deadline);
  CatchUp(all.deaths_unwanted, workers.deaths_unwanted);
  CatchUp(all.deaths_by_violation, workers.deaths_by_violation);
  CatchUp(all.deaths_by_reply, workers.rejected_replies);
  CatchUp(all.worker_lines_dropped, workers.log_lines_dropped);
  CatchUp(all.compared_same, workers.compared_same);
  CatchUp(all.compared_other_bytes, workers.compared_other_bytes);
  CatchUp(all.compared_other_verdict, workers.compared_other_verdict);

  Set(all.cache_entries, gauges.cache_entries);
  Set(all.cache_bytes, gauges.cache_bytes);
  CatchUp(all.cache_evictions, gauges.cache_evictions);
  Set(all.connections, gauges.connections_open);
  Set(all.requests_in_flight, gauges.requests_in_flight);
  Set(all.requests_waiting, gauges.requests_waiting);
  all.predicted_wait.Set(std::chrono::duration<double>(gauges.predicted_wait).count());
  CatchUp(all.refused_for_queue, gauges.refused_for_queue);
  CatchUp(all.refused_for_waiting, gauges.refused_for_waiting);
  Set(all.originals_in_flight, gauges.originals_in_flight);
  Set(all.originals_waiting, gauges.originals_waiting);
  Set(all.bad_originals, gauges.bad_originals);
  CatchUp(all.bad_originals_refused, gauges.bad_originals_refused);
  Set(all.draining, gauges.draining ? 1 : 0);

  all.NameEngine(gauges.fingerprint);

  const ProcessStats process = ReadProcessStats();
  CatchUp(all.cpu_seconds, process.cpu_seconds);
  Set(all.resident, process.resident_bytes);
  Set(all.open_fds, process.open_fds);
  Set(all.max_fds, process.max_fds);
  return prometheus::TextSerializer().Serialize(all.registry.Collect());
}

}  // namespace thimble
