#include "origin/s3_origin.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "origin/http_client.h"
#include "origin/s3_refusal.h"
#include "origin/sigv4.h"

namespace thimble {
namespace {

constexpr std::size_t kMaxKeyBytes = 1024;

std::chrono::sys_seconds Now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

bool HasDotSegment(std::string_view key) {
  for (;;) {
    const std::size_t slash = key.find('/');
    const std::string_view segment = key.substr(0, slash);
    if (segment == "." || segment == "..") return true;
    if (slash == std::string_view::npos) return false;
    key.remove_prefix(slash + 1);
  }
}

// An empty key would name the bucket itself.
bool CanBeKey(std::string_view key) {
  return !key.empty() && key.find('\0') == std::string_view::npos && !HasDotSegment(key);
}

SourceValidator ValidatorFrom(const AnswerHead& head, std::uint64_t length) {
  SourceValidator validator{.entity_tag = head.entity_tag(), .last_modified = head.last_modified()};
  if (validator.entity_tag.empty()) {
    const auto modified = validator.last_modified.value_or(std::chrono::sys_seconds());
    validator.entity_tag = fmt::format("\"{}-{}\"", modified.time_since_epoch().count(), length);
  }
  return validator;
}

tl::unexpected<Error> FailFor(const HttpAnswer& answer) {
  return Fail(CodeForStatus(answer.head.status()),
              DescribeRefusal(answer.head, answer.error_text, Now()));
}

class S3Origin final : public Origin {
 public:
  S3Origin(HttpClient http, S3Endpoint endpoint, S3Options options,
           std::unique_ptr<CredentialsProvider> credentials)
      : http_(std::move(http)),
        endpoint_(std::move(endpoint)),
        options_(std::move(options)),
        credentials_(std::move(credentials)),
        signer_({.region = options_.location.region}) {}

  boost::asio::awaitable<Expected<Original>> Fetch(SourceKey key, Deadline deadline) override {
    auto answer = co_await Ask(HttpMethod::kGet, std::move(key), deadline);
    if (!answer) co_return Forward(answer);
    co_return Original{.bytes = answer->body,
                       .validator = ValidatorFrom(answer->head, answer->body->size())};
  }

  boost::asio::awaitable<Expected<SourceValidator>> Stat(SourceKey key,
                                                         Deadline deadline) override {
    auto answer = co_await Ask(HttpMethod::kHead, std::move(key), deadline);
    if (!answer) co_return Forward(answer);
    co_return ValidatorFrom(answer->head, answer->head.content_length().value_or(0));
  }

 private:
  // A 200, or the error that anything else means.
  boost::asio::awaitable<Expected<HttpAnswer>> Ask(HttpMethod method, SourceKey key,
                                                   Deadline deadline) {
    const std::string full_key = options_.prefix + key.bytes;
    if (!CanBeKey(key.bytes) || full_key.size() > kMaxKeyBytes) {
      co_return Fail(ErrorCode::kOriginalNotFound, "no such key can be");
    }
    const std::string path = endpoint_.key_root + EncodedS3Path(full_key);
    HttpRequest request{.method = method, .url = endpoint_.origin + path};
    if (credentials_) {
      auto credentials = co_await credentials_->Current(deadline);
      if (!credentials) co_return Forward(credentials);
      const std::string_view verb = method == HttpMethod::kHead ? "HEAD" : "GET";
      request.headers = signer_.S3Headers(verb, endpoint_.host, path, *credentials, Now());
    }
    auto answer = co_await http_.Perform(std::move(request), deadline);
    if (answer && answer->head.status() != 200) co_return FailFor(*answer);
    co_return answer;
  }

  HttpClient http_;
  S3Endpoint endpoint_;
  S3Options options_;
  std::unique_ptr<CredentialsProvider> credentials_;
  RequestSigner signer_;
};

}  // namespace

Expected<std::unique_ptr<Origin>> MakeS3Origin(const boost::asio::any_io_executor& executor,
                                               S3Options options,
                                               std::unique_ptr<CredentialsProvider> credentials) {
  if (options.prefix.starts_with('/') || HasDotSegment(options.prefix)) {
    return Fail(ErrorCode::kBadSetting,
                "an S3 prefix has neither a leading slash nor dot segments");
  }
  THIMBLE_TRY(S3Endpoint endpoint, ResolveS3Endpoint(options.location));
  THIMBLE_TRY(HttpClient http, HttpClient::Create(executor, options.limits, options.ca_file));
  return std::make_unique<S3Origin>(std::move(http), std::move(endpoint), std::move(options),
                                    std::move(credentials));
}

}  // namespace thimble
