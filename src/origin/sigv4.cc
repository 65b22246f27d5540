#include "origin/sigv4.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/c_ptr.h"
#include "base/error.h"
#include "base/hex.h"

namespace thimble {
namespace {

using Sha256Bytes = std::array<std::uint8_t, SHA256_DIGEST_LENGTH>;

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// Failures of these two primitives are out-of-memory or a broken OpenSSL: nothing a caller could
// handle, and a wrong signature must not be sent.
Sha256Bytes Sha256(std::string_view text) {
  Sha256Bytes digest{};
  const int ok =
      EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  THIMBLE_CHECK(ok == 1);
  return digest;
}

Sha256Bytes HmacSha256(ByteSpan key, std::string_view text) {
  Sha256Bytes digest{};
  const ByteSpan data = BytesOf(text);
  const std::uint8_t* const done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                        data.data(), data.size(), digest.data(), nullptr);
  THIMBLE_CHECK(done != nullptr);
  return digest;
}

std::string Hex(const Sha256Bytes& bytes) {
  std::string text;
  AppendHex(bytes, text);
  return text;
}

bool IsUnreserved(char c) {
  return IsAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string Encoded(std::string_view bytes, bool keep_slash) {
  std::string encoded;
  encoded.reserve(bytes.size());
  for (const char c : bytes) {
    if (IsUnreserved(c) || (c == '/' && keep_slash)) {
      encoded += c;
    } else {
      AppendPercentEncoded(c, encoded);
    }
  }
  return encoded;
}

std::string CanonicalQuery(const std::vector<NameValue>& query) {
  std::vector<NameValue> encoded;
  encoded.reserve(query.size());
  for (const auto& [name, value] : query) {
    encoded.emplace_back(EncodedComponent(name), EncodedComponent(value));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) {
    if (!text.empty()) text += '&';
    text += name + '=' + value;
  }
  return text;
}

// Without leading and trailing spaces, and with runs of spaces as one.
std::string TrimmedValue(std::string_view value) {
  std::string trimmed;
  for (const char c : value) {
    if (c != ' ') {
      trimmed += c;
    } else if (!trimmed.empty() && trimmed.back() != ' ') {
      trimmed += ' ';
    }
  }
  if (!trimmed.empty() && trimmed.back() == ' ') trimmed.pop_back();
  return trimmed;
}

std::string SignedNames(const std::vector<NameValue>& sorted_headers) {
  std::string names;
  for (const auto& header : sorted_headers) {
    if (!names.empty()) names += ';';
    names += header.first;
  }
  return names;
}

std::string CanonicalRequest(const RequestToSign& request, std::string_view signed_names) {
  std::string headers;
  for (const auto& [name, value] : request.headers) {
    headers += name + ':' + TrimmedValue(value) + '\n';
  }
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.encoded_path,
                     CanonicalQuery(request.query), headers, signed_names, request.payload_hash);
}

Sha256Bytes SigningKey(const std::string& secret, const SigningScope& scope,
                       std::string_view date) {
  const std::string prefixed = "AWS4" + secret;
  const Sha256Bytes date_key = HmacSha256(BytesOf(prefixed), date);
  const Sha256Bytes region_key = HmacSha256(date_key, scope.region);
  const Sha256Bytes service_key = HmacSha256(region_key, scope.service);
  return HmacSha256(service_key, "aws4_request");
}

using Mac = CPtr<EVP_MAC, &EVP_MAC_free>;
using MacContext = CPtr<EVP_MAC_CTX, &EVP_MAC_CTX_free>;

// HMAC-SHA256 with `key` set up, to be begun again for each text.
MacContext MacWith(const Sha256Bytes& key) {
  const Mac hmac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
  MacContext context(EVP_MAC_CTX_new(hmac.get()));
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 2> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_end()};
  THIMBLE_CHECK(EVP_MAC_init(context.get(), key.data(), key.size(), parameters.data()) == 1);
  return context;
}

}  // namespace

// The last key, ready for use: finding the algorithm by its name and setting the key up cost
// OpenSSL several times what hashing a string to sign does.
class RequestSigner::Key {
 public:
  Sha256Bytes Sign(std::string_view text, const std::string& secret, const SigningScope& scope,
                   std::string_view date) {
    if (!context_ || secret != secret_ || date != date_) Renew(secret, scope, date);
    Sha256Bytes signature{};
    const ByteSpan bytes = BytesOf(text);
    std::size_t length = 0;
    EVP_MAC_CTX* const context = context_.get();
    THIMBLE_CHECK(EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&  // again, with the same key
                  EVP_MAC_update(context, bytes.data(), bytes.size()) == 1 &&
                  EVP_MAC_final(context, signature.data(), &length, signature.size()) == 1 &&
                  length == signature.size());
    return signature;
  }

 private:
  void Renew(const std::string& secret, const SigningScope& scope, std::string_view date) {
    context_.reset();  // should memory end in between, no key stands for another's day or secret
    secret_ = secret;
    date_ = date;
    context_ = MacWith(SigningKey(secret, scope, date));
  }

  std::string secret_;
  std::string date_;
  MacContext context_;  // null: none yet
};

std::string EncodedComponent(std::string_view bytes) { return Encoded(bytes, false); }

std::string EncodedS3Path(std::string_view bytes) { return Encoded(bytes, true); }

std::string PayloadHash(std::string_view body) { return Hex(Sha256(body)); }

std::string AmzDate(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

RequestSigner::RequestSigner(SigningScope scope)
    : scope_(std::move(scope)), key_(std::make_unique<Key>()) {}
RequestSigner::RequestSigner(RequestSigner&& other) noexcept = default;
RequestSigner& RequestSigner::operator=(RequestSigner&& other) noexcept = default;
RequestSigner::~RequestSigner() = default;

std::string RequestSigner::AuthorizationHeader(RequestToSign request,
                                               const Credentials& credentials,
                                               std::chrono::sys_seconds time) {
  std::sort(request.headers.begin(), request.headers.end());
  const std::string signed_names = SignedNames(request.headers);
  const std::string amz_date = AmzDate(time);
  const std::string date = amz_date.substr(0, 8);
  const std::string scope_text =
      fmt::format("{}/{}/{}/aws4_request", date, scope_.region, scope_.service);
  const std::string string_to_sign =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, amz_date, scope_text,
                  Hex(Sha256(CanonicalRequest(request, signed_names))));
  const Sha256Bytes signature =
      key_->Sign(string_to_sign, credentials.secret_access_key, scope_, date);
  return fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                     credentials.access_key_id, scope_text, signed_names, Hex(signature));
}

std::vector<NameValue> RequestSigner::S3Headers(std::string_view method, std::string_view host,
                                                std::string_view encoded_path,
                                                const Credentials& credentials,
                                                std::chrono::sys_seconds time) {
  std::vector<NameValue> headers = {{"host", std::string(host)},
                                    {"x-amz-content-sha256", std::string(kEmptyPayloadHash)},
                                    {"x-amz-date", AmzDate(time)}};
  if (!credentials.session_token.empty()) {
    headers.emplace_back("x-amz-security-token", credentials.session_token);
  }
  RequestToSign request{
      .method = std::string(method), .encoded_path = std::string(encoded_path), .headers = headers};
  headers.emplace_back("authorization", AuthorizationHeader(std::move(request), credentials, time));
  return headers;
}

}  // namespace thimble
