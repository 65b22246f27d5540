// AWS Signature Version 4 for requests without a body or with a short one, in the form S3 wants it:
// signed headers, and a path that is percent-encoded once and never normalised.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
//
// Pure but for a signer's memory of its last key: no clock, no I/O. Thread-safety: a RequestSigner
// is for one thread at a time; the rest are free functions of values.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "origin/credentials.h"

namespace thimble {

// The SHA-256 of no bytes: what a request without a body says its payload hash is.
inline constexpr std::string_view kEmptyPayloadHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

using NameValue = std::pair<std::string, std::string>;

struct SigningScope {
  std::string region{};
  std::string service = "s3";
};

struct RequestToSign {
  std::string method{};
  std::string encoded_path{};      // as it stands in the request line: see EncodedS3Path
  std::vector<NameValue> query{};  // names and values not yet encoded, in any order
  // Every header to be signed, in any order; "host" and "x-amz-date" must be among them. Names in
  // lower case, each once.
  std::vector<NameValue> headers{};
  std::string payload_hash{kEmptyPayloadHash};
};

// Everything but A-Z a-z 0-9 - . _ ~ as %XX with upper-case digits. EncodedS3Path keeps '/'.
std::string EncodedComponent(std::string_view bytes);
std::string EncodedS3Path(std::string_view bytes);

// The SHA-256 of a body in hex digits, for RequestToSign::payload_hash.
std::string PayloadHash(std::string_view body);

// "20130524T000000Z"
std::string AmzDate(std::chrono::sys_seconds time);

// Signs requests in one scope. The key is derived anew only where the day or the secret is not the
// last request's: the derivation is four of the five HMACs of a signature.
class RequestSigner {
 public:
  explicit RequestSigner(SigningScope scope);
  RequestSigner(RequestSigner&& other) noexcept;
  RequestSigner& operator=(RequestSigner&& other) noexcept;
  ~RequestSigner();

  // The value of the Authorization header. `time` must be the one in the request's x-amz-date.
  std::string AuthorizationHeader(RequestToSign request, const Credentials& credentials,
                                  std::chrono::sys_seconds time);

  // The headers an S3 GET or HEAD needs, Authorization among them; `host` as in the Host header.
  std::vector<NameValue> S3Headers(std::string_view method, std::string_view host,
                                   std::string_view encoded_path, const Credentials& credentials,
                                   std::chrono::sys_seconds time);

 private:
  class Key;

  SigningScope scope_;
  std::unique_ptr<Key> key_;
};

}  // namespace thimble
