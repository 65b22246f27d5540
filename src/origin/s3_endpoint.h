// Where a bucket is: scheme, host and the path before its keys.
//
// Pure. Errors: kBadSetting with a detail fit to be shown to the operator.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace thimble {

struct S3Location {
  std::string endpoint{};  // "http://127.0.0.1:9000/base"; empty: AWS's own for the region
  std::string region{};
  std::string bucket{};
  bool virtual_host_style = false;
};

struct S3Endpoint {
  std::string origin;    // "http://127.0.0.1:9000": scheme and authority
  std::string host;      // the Host header: without the port where it is the scheme's own
  std::string key_root;  // encoded; what a key's encoded bytes are put behind: "/base/bucket/"
};

// What a setting alone can be checked for; ResolveS3Endpoint checks it too. An endpoint is http or
// https, a host and perhaps a port and a path: "https://x.example/storage/v1/s3".
Status CheckS3Endpoint(const std::string& endpoint);
Status CheckS3Bucket(std::string_view bucket);

Expected<S3Endpoint> ResolveS3Endpoint(const S3Location& location);

}  // namespace thimble
