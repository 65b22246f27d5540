#include "settings/settings_table.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "origin/s3_endpoint.h"
#include "settings/addresses.h"
#include "settings/setting_kinds.h"
#include "url/query.h"

namespace thimble {
namespace {

using std::chrono::milliseconds;
using Rows = std::vector<Setting>;

constexpr std::int64_t kKiB = 1 << 10;
constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kGiB = 1 << 30;
constexpr milliseconds kMayBeZero{0};
constexpr milliseconds kNotZero{1};
constexpr std::int32_t kMaxSide = 65'500;  // JPEG's own limit is 65,535

// A setting that is one text but several fields.
Setting Composite(std::string key, std::string accepts, std::string help,
                  Status (*parse)(std::string_view, Settings&),
                  std::string (*show)(const Settings&)) {
  Setting setting;
  setting.key = std::move(key);
  setting.accepts = std::move(accepts);
  setting.help = std::move(help);
  setting.assign = [parse](Settings& settings, const RawValue& raw) -> Status {
    THIMBLE_TRY(const std::string text, ReadText(raw));
    return parse(text, settings);
  };
  setting.show = show;
  return setting;
}

Setting Listen() {
  Setting setting = Composite(
      "http.listen", "address:port",
      "Where to listen; a numeric address, IPv6 in brackets; port 0 takes any free one.",
      [](std::string_view text, Settings& settings) {
        return ParseListenAddress(text, settings.http);
      },
      [](const Settings& settings) { return ShowListenAddress(settings.http); });
  setting.needs_restart = true;
  return setting;
}

Setting OriginUrl() {
  return Composite(
      "origin.url", "file:DIR or s3://BUCKET[/PREFIX]",
      "Where originals come from. Without it the environment variable `BUCKET` names an S3 bucket.",
      [](std::string_view text, Settings& settings) {
        return ParseOriginUrl(text, settings.origin);
      },
      [](const Settings& settings) { return ShowOriginUrl(settings.origin); });
}

Setting Endpoint() {
  return Composite(
      "s3.endpoint", "http(s)://HOST[:PORT][/PATH]",
      "The S3 server; empty means Amazon's own for the region.",
      [](std::string_view text, Settings& settings) -> Status {
        while (text.ends_with('/')) text.remove_suffix(1);
        if (Status valid = CheckS3Endpoint(std::string(text)); !valid) return valid;
        settings.origin.s3.endpoint = text;
        return {};
      },
      [](const Settings& settings) { return settings.origin.s3.endpoint; });
}

// PoolOptions has no word for "one a CPU"; 0 stands for it until the loader knows the machine.
Setting WorkerCount() {
  Setting setting;
  setting.key = "workers.count";
  setting.accepts = "auto, or a number, 1 to 1024";
  setting.help = "Sandboxed workers; `auto` is one for each CPU the process may use.";
  setting.assign = [](Settings& settings, const RawValue& raw) -> Status {
    if (raw.kind == RawValue::Kind::kText && raw.items.front() == "auto") {
      settings.workers.workers = 0;
      return {};
    }
    THIMBLE_TRY(const std::int64_t count, ReadInteger(raw, {1, 1024}));
    settings.workers.workers = static_cast<int>(count);
    return {};
  };
  setting.show = [](const Settings& settings) {
    return settings.workers.workers == 0 ? "auto" : std::to_string(settings.workers.workers);
  };
  return setting;
}

template <class Member>
auto Http(Member member) {
  return At(&Settings::http, member);
}
template <class Member>
auto S3(Member member) {
  return At(&Settings::origin, &OriginSettings::s3, member);
}
template <class Member>
auto Fetching(Member member) {
  return At(&Settings::origin, &OriginSettings::limits, member);
}
template <class Member>
auto Urls(Member member) {
  return At(&Settings::urls, member);
}
// Names of query parameters that have no meaning of their own.
Expected<std::vector<std::string>> ReadParameterNames(const RawValue& raw) {
  THIMBLE_TRY(std::vector<std::string> names, ReadTextList(raw));
  for (const std::string& name : names) {
    if (IsQueryParameter(name)) {
      return Fail(ErrorCode::kBadSetting, name + " has a meaning of its own");
    }
    if (name.find('*') < name.size() - 1) {
      return Fail(ErrorCode::kBadSetting, "a * may stand only at the end: " + name);
    }
  }
  return names;
}

template <class Member>
Setting ParameterNames(std::string key, Member member, std::string help) {
  return MakeSetting(std::move(key), "list of texts", Urls(member), std::move(help),
                     &ReadParameterNames,
                     [](const std::vector<std::string>& value) { return ShowList(value); });
}

Expected<std::string> ReadOriginName(const RawValue& raw) {
  constexpr std::size_t kLongest = 32;
  THIMBLE_TRY(std::string name, ReadText(raw));
  const bool letters = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-';
  });
  if (name.empty() || name.size() > kLongest || name == "-" || !letters) {
    return Fail(ErrorCode::kBadSetting, "a name has 1 to 32 of a-z, 0-9 and '-': " + name);
  }
  return name;
}

Setting OriginName() {
  return MakeSetting(
      "origin.name", "a-z, 0-9 and -, at most 32", Urls(&UrlPolicy::origin),
      "The origin's name in the one path of each variant, "
      "`/-/p/{name}/{key}/-/{variant}`. Results that are kept elsewhere are named so.",
      &ReadOriginName, [](const std::string& value) { return value; });
}

template <class Member>
auto Workers(Member member) {
  return At(&Settings::workers, member);
}

// What is bound and started once.
Setting NeedingRestart(Setting setting) {
  setting.needs_restart = true;
  return setting;
}
Rows NeedingRestart(Rows rows) {
  for (Setting& setting : rows) setting.needs_restart = true;
  return rows;
}

Rows HttpRows() {
  return {
      WithFlag("--listen", Listen()),
      Duration("http.request_deadline", Http(&HttpSettings::request_deadline), kNotZero,
               "From a request's first byte to the first byte of its answer. The longest that an "
               "original is fetched or worked on, too."),
      Duration("http.header_timeout", Http(&HttpSettings::header_timeout), kNotZero,
               "From a request's first byte to the end of its headers."),
      Duration("http.keep_alive", Http(&HttpSettings::keep_alive), kNotZero,
               "How long an idle connection is kept; longer than the load balancer's own time, "
               "mostly 60 s."),
      Duration("http.burst_wait", Http(&HttpSettings::burst_wait), kNotZero,
               "How long a request may have to wait for a worker in a burst; one that would wait "
               "longer is refused at once, 503."),
      Duration("http.standing_wait", Http(&HttpSettings::standing_wait), kNotZero,
               "The same when requests have had to wait for longer than this for half a second, "
               "until the queue has drained."),
      Duration("http.write_timeout", Http(&HttpSettings::write_timeout), kNotZero,
               "How long a client may take no byte of its answer; then its connection is closed."),
      ByteSize("http.min_write_rate", Http(&HttpSettings::min_write_rate), {0, kGiB},
               "Bytes a second that a client must take of an answer on the whole, the first "
               "`http.write_timeout` aside; 0 lets it be as slow as it likes."),
      ByteSize("http.max_header_bytes", Http(&HttpSettings::max_header_bytes), {kKiB, kMiB},
               "The request line and all headers of one request together; more is answered with "
               "431, and so are over 100 headers."),
      ByteSize("http.max_uri_bytes", Http(&HttpSettings::max_uri_bytes), {256, kMiB},
               "Path and query together; more is answered with 414."),
      Number("http.max_connections", Http(&HttpSettings::max_connections), {1, 1'000'000},
             "Open client connections; at the limit the one that has idled longest is closed, and "
             "while none idles, new ones wait. Lowered where the limit of open files is too low."),
      NetworkList("http.trusted_proxies", Http(&HttpSettings::trusted_proxies),
                  "Proxies whose `X-Forwarded-For` is believed: then the log's client is the last "
                  "address in it that is none of these, else whoever connected."),
      Duration(
          "http.drain_delay", Http(&HttpSettings::drain_delay), kMayBeZero,
          "After SIGTERM `/readyz` answers 503 for this long while everything is still served, "
          "so that load balancers notice."),
      Duration("http.drain_timeout", Http(&HttpSettings::drain_timeout), kMayBeZero,
               "After that, how long requests under way may still take; those that still wait are "
               "answered 503 `draining`."),
  };
}

Rows OriginRows() {
  return {
      WithFlag("--origin", OriginUrl()),
      ByteSize("origin.max_bytes", Fetching(&FetchLimits::max_bytes), {kKiB, kGiB},
               "The largest original that is fetched; more is answered with 413."),
      Duration("origin.connect_timeout", Fetching(&FetchLimits::connect_timeout), kNotZero,
               "For reaching the origin, name resolution and TLS included."),
      Duration("origin.first_byte_timeout", Fetching(&FetchLimits::first_byte_timeout), kNotZero,
               "From there to the first byte of its answer."),
      Duration("origin.keep_alive", Fetching(&FetchLimits::keep_alive), kMayBeZero,
               "How long an idle connection to the store is used again; shorter than the store's "
               "own time, mostly 20 s and more. 0 makes a new one each time."),
      Number("origin.max_in_flight",
             At(&Settings::origin, &OriginSettings::max_originals_in_flight), {1, 100'000},
             "Originals being fetched or waiting for a worker; times `origin.max_bytes` it bounds "
             "memory."),
      OriginName(),
      Boolean("origin.show_forbidden", At(&Settings::origin, &OriginSettings::show_forbidden),
              "Answer 403 where the origin forbids to read an original; otherwise 404."),
      WithFlag("--s3-endpoint", Endpoint()),
      WithFlag("--s3-region",
               Text("s3.region", S3(&S3Settings::region),
                    "The region requests are signed for; empty means `AWS_REGION`, else "
                    "`AWS_DEFAULT_REGION`, else the profile's `region`, else `us-east-1`.")),
      WithFlag("--s3-virtual-host",
               Boolean("s3.virtual_host", S3(&S3Settings::virtual_host_style),
                       "Put the bucket into the host's name instead of the path.")),
      WithFlag("--s3-anonymous",
               Boolean("s3.anonymous", S3(&S3Settings::anonymous),
                       "Do not sign requests and look for no credentials: for public buckets.")),
      Text("s3.ca_file", S3(&S3Settings::ca_file),
           "PEM file with the certificates to trust; empty means `AWS_CA_BUNDLE`, else "
           "`SSL_CERT_FILE`, else the system's."),
      Secret("s3.access_key_id", S3(&S3Settings::access_key_id),
             "With the secret key, wins over `AWS_ACCESS_KEY_ID` and the credentials file."),
      Secret("s3.secret_access_key", S3(&S3Settings::secret_access_key),
             "The secret key; prefer the environment or the credentials file."),
      Secret("s3.session_token", S3(&S3Settings::session_token),
             "The token of temporary credentials."),
      Text("s3.profile", S3(&S3Settings::profile),
           "The profile of the credentials and config files; empty means `AWS_PROFILE`, else "
           "`default`."),
      Text("s3.credentials_file", S3(&S3Settings::credentials_file),
           "Empty means `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`."),
  };
}

Rows UrlRows() {
  return {
      Number("urls.default_width", Urls(&UrlPolicy::default_width), {1, kMaxSide},
             "The width in pixels when a URL asks for no size."),
      Number("urls.default_quality", Urls(&UrlPolicy::default_quality), {1, 100},
             "The quality when a URL asks for none."),
      Boolean("urls.enlarge_by_default", Urls(&UrlPolicy::enlarge_by_default),
              "Enlarge small originals without being asked by `enlarge=1`."),
      TextList("urls.labels", Urls(&UrlPolicy::labels),
               "Path segments that may stand behind a key, as in `/a.jpg/melon/resize/100`."),
      ParameterNames(
          "urls.ignored_parameters", &UrlPolicy::ignored_parameters,
          "Query parameters that are passed over, whatever their value; a `*` at the end "
          "stands for anything."),
      ParameterNames("urls.version_parameters", &UrlPolicy::version_parameters,
                     "Query parameters whose new values mean that the original may have changed; a "
                     "`*` at the end stands for anything."),
      Number("urls.max_width", Urls(&UrlPolicy::max_width), {1, kMaxSide},
             "The largest width in pixels that may be asked for."),
      Number("urls.max_height", Urls(&UrlPolicy::max_height), {1, kMaxSide},
             "The largest height in pixels that may be asked for."),
      NumberList("urls.allowed_sizes", Urls(&UrlPolicy::allowed_sizes), {1, kMaxSide},
                 "The only widths and heights that are made; empty means any."),
      NumberList("urls.allowed_qualities", Urls(&UrlPolicy::allowed_qualities), {1, 100},
                 "The only qualities that are made; empty means any."),
      Choice("urls.when_not_allowed", Urls(&UrlPolicy::when_not_allowed), {"snap", "reject"},
             "What a size or quality outside the lists gets: the nearest allowed one that is not "
             "smaller, or 400."),
  };
}

Rows PictureRows() {
  constexpr std::int64_t kMostPixels = 4'000'000'000;
  return {
      Number("pictures.max_pixels", At(&Settings::pictures, &PictureLimits::max_pixels),
             {1, kMostPixels}, "The largest original in pixels, by its header; more is 413."),
      Number("pictures.max_side", At(&Settings::pictures, &PictureLimits::max_side), {1, kMaxSide},
             "The longest side of an original in pixels; more is 413."),
      Number("pictures.max_jpeg_scans", At(&Settings::pictures, &PictureLimits::max_jpeg_scans),
             {1, 100'000},
             "Scans of a JPEG; each of a progressive one costs a pass over its coefficients. Of "
             "large pictures "
             "fewer are decoded: beyond 24, scans times pixels are at most 500 million."),
      ByteSize("pictures.max_icc_bytes", At(&Settings::pictures, &PictureLimits::max_icc_bytes),
               {0, 16 * kMiB}, "Larger colour profiles are ignored; 0 ignores all."),
      Choice("pictures.jpeg_decoder", At(&Settings::pictures, &PictureLimits::jpeg_method),
             {"own", "libjpeg"},
             "Who reads JPEGs: Thimble's own decoder, or libjpeg-turbo alone, which is slower and "
             "gives the same pictures: the way out, should ours be at fault."),
      NeedingRestart(Share(
          "pictures.shadow_compare", Workers(&PoolOptions::shadow_compare),
          "So many of the results of JPEGs are made a second time with the other decoder and "
          "compared: `thimble_shadow_compared_total` counts, the log names each difference.")),
  };
}

Rows WorkerRows() {
  return NeedingRestart({
      WithFlag("--workers", WorkerCount()),
      Text("workers.program", Workers(&PoolOptions::worker_program),
           "Path of `thimble-worker`; empty means beside `thimble`."),
      Number("workers.max_queued_jobs", Workers(&PoolOptions::max_queued_jobs), {1, 1'000'000},
             "Pictures waiting for a worker; beyond this the answer is 503."),
      Number("workers.jobs_per_worker", Workers(&PoolOptions::jobs_per_worker), {1, 1'000'000'000},
             "A worker is replaced after so many pictures, which bounds what can leak."),
      ByteSize("workers.memory", Workers(&PoolOptions::worker_memory_bytes), {16 * kMiB, 64 * kGiB},
               "Memory a worker may take for one picture."),
      ByteSize("workers.max_result_bytes", Workers(&PoolOptions::max_result_bytes),
               {64 * kKiB, kGiB}, "The largest result."),
      WithFlag("--insecure-no-sandbox",
               Boolean("workers.insecure_no_sandbox", Workers(&PoolOptions::allow_missing_sandbox),
                       "Start even where the workers cannot be confined. For trusted originals "
                       "only.")),
  });
}

Rows AnswerRows() {
  return {
      WithFlag(
          "--cache-memory",
          ByteSize("cache.memory", At(&Settings::cache, &CacheSettings::memory_bytes),
                   {0, std::numeric_limits<std::int64_t>::max()},
                   "Memory for finished results, none of them larger than an eighth of it; 0 keeps "
                   "none.")),
      Duration("cache.memory_max_age", At(&Settings::cache, &CacheSettings::memory_max_age),
               kMayBeZero,
               "A kept result is made anew after this, so that a changed original shows."),
      Duration("cache.bad_original_time", At(&Settings::cache, &CacheSettings::bad_original_time),
               kMayBeZero,
               "How long an original that crashed a worker or ran out of time is refused without "
               "another try; longer each time it fails again. 0 always tries."),
      Duration("answers.max_age", At(&Settings::answers, &AnswerSettings::max_age), kMayBeZero,
               "`Cache-Control: max-age` of pictures: how long browsers keep them, which no purge "
               "reaches."),
      Duration("answers.shared_max_age", At(&Settings::answers, &AnswerSettings::shared_max_age),
               kMayBeZero,
               "`Cache-Control: s-maxage` of pictures: how long CDNs and other shared caches keep "
               "them. With a version in the URL it is also `max-age`, and `immutable`."),
      Duration("answers.not_found_max_age",
               At(&Settings::answers, &AnswerSettings::not_found_max_age), kMayBeZero,
               "`Cache-Control: max-age` of 404 and 410; other errors are `no-store`."),
      Text("answers.allow_origin", At(&Settings::answers, &AnswerSettings::allow_origin),
           "`Access-Control-Allow-Origin`; empty sends no CORS headers."),
      WithFlag("--log-format",
               Choice("log.format", At(&Settings::log, &LogSettings::format), {"text", "json"},
                      "Lines for people or one JSON object a line, on standard error.")),
      WithFlag("--log-level", Choice("log.level", At(&Settings::log, &LogSettings::level),
                                     {"debug", "info", "warning", "error"},
                                     "The least important lines written; each request is one line "
                                     "at `info`.")),
  };
}

Rows MakeTable() {
  Rows table;
  for (Rows (*section)() :
       {&HttpRows, &OriginRows, &UrlRows, &PictureRows, &WorkerRows, &AnswerRows}) {
    Rows rows = section();
    std::move(rows.begin(), rows.end(), std::back_inserter(table));
  }
  return table;
}

}  // namespace

const std::vector<Setting>& AllSettings() {
  static const Rows table = MakeTable();
  return table;
}

const Setting* FindSetting(std::string_view key) {
  const Rows& table = AllSettings();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Setting& setting) { return setting.key == key; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace thimble
