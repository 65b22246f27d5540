// The parts of an http or https address, as libcurl will read it.
//
// Pure.
#pragma once

#include <optional>
#include <string>

namespace thimble {

struct HttpUrl {
  std::string scheme;     // "http" or "https"
  std::string host;       // "127.0.0.1", "[::1]", "sts.amazonaws.com"
  std::string authority;  // with ":port" unless that is the scheme's own: the Host header
  std::string path;       // as it stands there; "/" if there is none
};

// Nothing for what is no such address, or has a name or a password in it.
std::optional<HttpUrl> ParseHttpUrl(const std::string& address);

}  // namespace thimble
