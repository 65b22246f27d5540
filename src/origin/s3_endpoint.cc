#include "origin/s3_endpoint.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/c_ptr.h"
#include "origin/sigv4.h"

namespace thimble {
namespace {

using CurlUrl = CPtr<CURLU, &curl_url_cleanup>;
using CurlString = CPtr<char, &curl_free>;

std::optional<std::string> UrlPart(CURLU* url, CURLUPart part, unsigned int flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return std::nullopt;
  const CurlString owner(text);
  return std::string(text);
}

// Buckets and regions become part of a host name and of the signed scope. Older buckets and other
// stores' allow capitals and underscores, so these are let through in path style.
bool IsName(std::string_view text, std::string_view also_allowed) {
  return !text.empty() && text.size() <= 255 && IsAlphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(), [also_allowed](char c) {
           return IsAlphanumeric(c) || also_allowed.find(c) != std::string_view::npos;
         });
}

// An IP address: the last label of a name is never a number.
bool IsNumericHost(std::string_view host_and_port) {
  if (host_and_port.starts_with('[')) return true;
  const std::string_view host = host_and_port.substr(0, host_and_port.find(':'));
  return !host.empty() && IsDigit(host.back());
}

std::string AwsEndpoint(std::string_view region) {
  const std::string_view suffix = region.starts_with("cn-") ? ".cn" : "";
  return fmt::format("https://s3.{}.amazonaws.com{}", region, suffix);
}

struct BaseUrl {
  std::string scheme;
  std::string host;  // with ":port" unless that is the scheme's own
  std::string path;  // without a trailing slash
};

Expected<BaseUrl> ParseEndpoint(const std::string& endpoint) {
  const auto wrong = [&endpoint](std::string_view reason) {
    return Fail(ErrorCode::kBadSetting,
                fmt::format("'{}' is no S3 endpoint: {}", endpoint, reason));
  };
  const CurlUrl url(curl_url());
  if (!url ||
      curl_url_set(url.get(), CURLUPART_URL, endpoint.c_str(), CURLU_PATH_AS_IS) != CURLUE_OK) {
    return wrong("expected http(s)://HOST[:PORT][/PATH]");
  }
  BaseUrl base{.scheme = UrlPart(url.get(), CURLUPART_SCHEME).value_or(""),
               .host = UrlPart(url.get(), CURLUPART_HOST).value_or(""),
               .path = UrlPart(url.get(), CURLUPART_PATH).value_or("")};
  if (base.scheme != "http" && base.scheme != "https") return wrong("neither http nor https");
  if (UrlPart(url.get(), CURLUPART_USER) || UrlPart(url.get(), CURLUPART_PASSWORD)) {
    return wrong("credentials do not belong into it");
  }
  if (UrlPart(url.get(), CURLUPART_QUERY) || UrlPart(url.get(), CURLUPART_FRAGMENT)) {
    return wrong("it ends with its path");
  }
  const auto port = UrlPart(url.get(), CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  if (port) base.host += ":" + *port;
  while (base.path.ends_with('/')) base.path.pop_back();
  if (base.path.find("/.") != std::string::npos) return wrong("dot segments in its path");
  // It is signed and sent as it stands, so that it must be spelled in the one way signers agree on.
  if (EncodedS3Path(base.path) != base.path) return wrong("a path that needs escapes");
  return base;
}

}  // namespace

Status CheckS3Endpoint(const std::string& endpoint) {
  if (Expected<BaseUrl> base = ParseEndpoint(endpoint); !base) return Forward(base);
  return {};
}

Status CheckS3Bucket(std::string_view bucket) {
  if (IsName(bucket, "-._")) return {};
  return Fail(ErrorCode::kBadSetting,
              fmt::format("'{}' is no S3 bucket name: letters, digits, dots, hyphens, underscores",
                          bucket));
}

Expected<S3Endpoint> ResolveS3Endpoint(const S3Location& location) {
  if (Status valid = CheckS3Bucket(location.bucket); !valid) return Forward(valid);
  if (!IsName(location.region, "-")) {
    return Fail(ErrorCode::kBadSetting, fmt::format("'{}' is no S3 region", location.region));
  }
  THIMBLE_TRY(BaseUrl base, ParseEndpoint(location.endpoint.empty() ? AwsEndpoint(location.region)
                                                                    : location.endpoint));
  if (location.virtual_host_style && IsNumericHost(base.host)) {
    return Fail(ErrorCode::kBadSetting, "a bucket cannot be put before a numeric host");
  }
  if (location.virtual_host_style) {
    base.host = location.bucket + "." + base.host;
  } else {
    base.path += "/" + location.bucket;
  }
  return S3Endpoint{.origin = base.scheme + "://" + base.host,
                    .host = base.host,
                    .key_root = std::move(base.path) + "/"};
}

}  // namespace thimble
