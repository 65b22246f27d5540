// Everything an operator can set, as plain values with their defaults. Read from one TOML file,
// then the environment (THIMBLE_*), then flags; see settings_loader.h. docs/configuration.md lists
// each with its unit and reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip_network.h"
#include "image/limits.h"
#include "origin/origin.h"
#include "url/policy.h"
#include "worker/pool_options.h"

namespace thimble {

struct S3Settings {
  std::string bucket;
  std::string prefix;    // put before every key, with its slash if it has one
  std::string endpoint;  // "https://x.example/storage/v1/s3"; empty: AWS's own for the region
  std::string region;    // empty: AWS_REGION and what else ChooseRegion knows
  bool virtual_host_style = false;
  bool anonymous = false;  // requests are not signed: for public buckets
  std::string ca_file;     // PEM; empty: AWS_CA_BUNDLE, SSL_CERT_FILE or the system's
  // Credentials given here win over the environment and the shared credentials file.
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  std::string profile;           // of the shared credentials file; empty: AWS_PROFILE or "default"
  std::string credentials_file;  // empty: AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials
};

struct OriginSettings {
  enum class Kind : std::uint8_t { kFiles, kS3 };
  Kind kind = Kind::kFiles;
  std::string file_root;
  S3Settings s3;
  FetchLimits limits;
  int max_originals_in_flight = 64;  // fetched or being fetched, not yet processed: bounds memory
  bool show_forbidden = false;       // answer 403 where the origin says 403; default: 404
};

struct HttpSettings {
  std::string listen_address = "127.0.0.1";
  std::uint16_t listen_port = 8080;                    // 0: any free one
  std::chrono::milliseconds request_deadline{10'000};  // a request's first byte to its answer's
  std::chrono::milliseconds header_timeout{
      5'000};  // a request's first byte to the end of its headers
  std::chrono::milliseconds keep_alive{
      75'000};  // idle connections; longer than load balancers' 60 s
  // How long a request may have to wait for a worker: in a burst, and when it goes on.
  std::chrono::milliseconds burst_wait{400};
  std::chrono::milliseconds standing_wait{100};
  std::chrono::milliseconds write_timeout{30'000};  // between two parts of an answer
  std::size_t min_write_rate = 1024;                // bytes a second; 0: any
  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_uri_bytes = 8 * 1024;
  int max_connections = 4096;
  std::vector<IpNetwork> trusted_proxies;    // whose X-Forwarded-For is believed
  std::chrono::milliseconds drain_delay{0};  // after SIGTERM: /readyz says 503 but all is served
  std::chrono::milliseconds drain_timeout{25'000};  // then what is still under way is ended
};

struct AnswerSettings {
  // Cache-Control of pictures: how long browsers, which nobody can tell of a change, keep one, and
  // how long the caches between do. A URL that names a version may be kept as long by both.
  std::chrono::seconds max_age{86'400};
  std::chrono::seconds shared_max_age{31'536'000};
  std::chrono::seconds not_found_max_age{60};  // of 404 and 410; other errors are no-store
  std::string allow_origin = "*";  // Access-Control-Allow-Origin; empty: no CORS headers
};

struct CacheSettings {
  std::size_t memory_bytes = 256u << 20;        // 0: off
  std::chrono::seconds memory_max_age{3'600};   // a kept result is made anew after this
  std::chrono::seconds bad_original_time{600};  // how long what cost a worker is refused at first
};

struct LogSettings {
  enum class Format : std::uint8_t { kText, kJson };
  enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };
  Format format = Format::kText;
  Level level = Level::kInfo;
};

struct Settings {
  HttpSettings http;
  OriginSettings origin;
  UrlPolicy urls;
  PictureLimits pictures;
  PoolOptions workers;
  CacheSettings cache;
  AnswerSettings answers;
  LogSettings log;
};

}  // namespace thimble
