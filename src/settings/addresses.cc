#include "settings/addresses.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "origin/s3_endpoint.h"

namespace thimble {
namespace {

constexpr std::string_view kFileScheme = "file:";
constexpr std::string_view kS3Scheme = "s3://";

Expected<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, port);
  if (problem != std::errc{} || rest != end) {
    return Fail(ErrorCode::kBadSetting, "the port must be 0 to 65535");
  }
  return port;
}

Status ParseFileRoot(std::string_view root, OriginSettings& origin) {
  if (root.starts_with("///")) root.remove_prefix(2);  // file:///srv, as browsers write it
  if (root.empty() || root.starts_with("//")) {
    return Fail(ErrorCode::kBadSetting, "expected file:DIRECTORY");
  }
  origin.kind = OriginSettings::Kind::kFiles;
  origin.file_root = root;
  return {};
}

Status ParseBucketAndPrefix(std::string_view rest, OriginSettings& origin) {
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view bucket = rest.substr(0, slash);
  std::string prefix(rest.substr(std::min(slash + 1, rest.size())));
  if (Status valid = CheckS3Bucket(bucket); !valid) return valid;
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  origin.kind = OriginSettings::Kind::kS3;
  origin.s3.bucket = bucket;
  origin.s3.prefix = std::move(prefix);
  return {};
}

}  // namespace

Status ParseListenAddress(std::string_view text, HttpSettings& http) {
  constexpr std::string_view kExpected = "expected ADDRESS:PORT, as 127.0.0.1:8080 or [::1]:8080";
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Fail(ErrorCode::kBadSetting, std::string(kExpected));
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);

  boost::system::error_code problem;
  const auto address = boost::asio::ip::make_address(host, problem);
  if (problem || address.is_v6() != bracketed) {
    return Fail(ErrorCode::kBadSetting, std::string(kExpected));
  }
  THIMBLE_TRY(http.listen_port, ParsePort(text.substr(colon + 1)));
  http.listen_address = host;
  return {};
}

std::string ShowListenAddress(const HttpSettings& http) {
  const bool is_v6 = http.listen_address.find(':') != std::string::npos;
  const std::string host = is_v6 ? '[' + http.listen_address + ']' : http.listen_address;
  return host + ':' + std::to_string(http.listen_port);
}

Status ParseOriginUrl(std::string_view text, OriginSettings& origin) {
  if (text.starts_with(kFileScheme)) return ParseFileRoot(text.substr(kFileScheme.size()), origin);
  if (text.starts_with(kS3Scheme)) {
    return ParseBucketAndPrefix(text.substr(kS3Scheme.size()), origin);
  }
  return Fail(ErrorCode::kBadSetting, "expected file:DIRECTORY or s3://BUCKET[/PREFIX]");
}

std::string ShowOriginUrl(const OriginSettings& origin) {
  if (!HasOrigin(origin)) return {};
  if (origin.kind == OriginSettings::Kind::kFiles) {
    return std::string(kFileScheme) + origin.file_root;
  }
  const std::string bucket = std::string(kS3Scheme) + origin.s3.bucket;
  return origin.s3.prefix.empty() ? bucket : bucket + '/' + origin.s3.prefix;
}

bool HasOrigin(const OriginSettings& origin) {
  return origin.kind == OriginSettings::Kind::kFiles ? !origin.file_root.empty()
                                                     : !origin.s3.bucket.empty();
}

}  // namespace thimble
