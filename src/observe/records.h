// What the server tells about itself, as plain values: one record for each request, and gauges that
// are read when /metrics is asked for. The access log and the metrics implement this interface, so
// that the HTTP code knows neither a logger nor a metrics library.
//
// Thread-safety: called on the server's one thread; an implementation must not block.
// Ownership: the views in a RequestRecord are valid during the call only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "image/image_format.h"
#include "service/stage_times.h"
#include "worker/pool_stats.h"

namespace thimble {

enum class Route : std::uint8_t { kPicture, kFrontPage, kLiveness, kReadiness, kMetrics, kNone };

// Where the picture came from. kNone: no picture was looked for, or none came.
enum class CacheState : std::uint8_t {
  kNone,
  kHit,          // from the memory cache
  kMiss,         // made for this request
  kCoalesced,    // made for another request that was already under way
  kRevalidated,  // by the origin's validator alone, a 304 or a kept picture: nothing decoded
};

struct RequestRecord {
  Route route = Route::kNone;
  std::string_view method;            // "GET"; "-" when the request did not parse
  std::string_view path;              // as received without the query; "-" when it did not parse
  std::string_view variant;           // CanonicalText of the spec; empty when there is none
  std::string_view request_id;        // never empty
  std::string_view remote_address;    // "192.0.2.7"; behind trusted proxies the client's
  int status = 0;                     // HTTP
  std::optional<ErrorCode> error;     // nothing: 2xx, 304
  std::string_view error_detail;      // for logs only
  std::optional<ImageFormat> format;  // of the picture that was sent
  std::uint64_t body_bytes = 0;       // 0 for HEAD and 304
  bool complete = true;               // false: the client went away or was too slow
  CacheState cache = CacheState::kNone;
  StageTimes stages;
  std::chrono::microseconds total{0};  // the request's first byte to the answer's last
};

// States at one moment; counters since the start are named so.
struct ServerGauges {
  PoolStats workers;
  std::size_t cache_entries = 0;
  std::size_t cache_bytes = 0;
  std::uint64_t cache_evictions = 0;  // since the start
  int connections_open = 0;
  int requests_in_flight = 0;
  int requests_waiting = 0;                     // of these, for a picture to be made
  std::uint64_t refused_for_queue = 0;          // since the start: see service/admission.h
  std::uint64_t refused_for_waiting = 0;        // since the start: too many waited
  std::chrono::microseconds predicted_wait{0};  // for a worker, of a request that came now
  int originals_in_flight = 0;
  std::size_t bad_originals = 0;            // remembered since they cost a worker
  std::uint64_t bad_originals_refused = 0;  // requests, since the start
  int originals_waiting = 0;                // requests that wait for room to fetch
  bool draining = false;
  std::string fingerprint;  // of what makes the bytes: service/entity_tag.h
};

class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  virtual void OnRequestDone(const RequestRecord& record) = 0;
  // Something worth a warning that belongs to no request, e.g. accept(2) ran out of descriptors.
  // The server itself limits how often it tells.
  virtual void OnIncident(std::string_view what) = 0;
  // The body of /metrics: Prometheus text format 0.0.4.
  virtual std::string RenderMetrics(const ServerGauges& gauges) = 0;
};

}  // namespace thimble
