#include "origin/http_url.h"

#include <curl/curl.h>

#include <algorithm>

#include "base/c_ptr.h"

namespace thimble {
namespace {

using CurlUrl = CPtr<CURLU, &curl_url_cleanup>;
using CurlString = CPtr<char, &curl_free>;

// Empty where there is none.
std::string UrlPart(CURLU* url, CURLUPart part, unsigned int flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  const CurlString owner(text);
  return std::string(text);
}

}  // namespace

std::optional<HttpUrl> ParseHttpUrl(const std::string& address) {
  const CurlUrl url(curl_url());
  const bool plain =
      std::all_of(address.begin(), address.end(), [](char c) { return c > ' ' && c != '\x7f'; });
  if (!url || !plain ||
      curl_url_set(url.get(), CURLUPART_URL, address.c_str(),
                   CURLU_PATH_AS_IS | CURLU_DISALLOW_USER) != CURLUE_OK) {
    return std::nullopt;
  }
  HttpUrl parts{.scheme = UrlPart(url.get(), CURLUPART_SCHEME),
                .host = UrlPart(url.get(), CURLUPART_HOST),
                .authority = {},
                .path = UrlPart(url.get(), CURLUPART_PATH)};
  if (parts.scheme != "http" && parts.scheme != "https") return std::nullopt;
  const std::string port = UrlPart(url.get(), CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  parts.authority = port.empty() ? parts.host : parts.host + ':' + port;
  return parts;
}

}  // namespace thimble
