// Keys from AWS's Security Token Service (or what speaks its protocol: MinIO, Ceph), for a role
// that is taken on with a web identity's token or with other keys.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
#include <fmt/format.h>

#include <utility>

#include "origin/credentials_document.h"
#include "origin/credentials_source.h"
#include "origin/http_url.h"
#include "origin/sigv4.h"
#include "origin/small_file.h"
#include "origin/text_exchange.h"

namespace thimble {
namespace {

constexpr std::chrono::milliseconds kPatience{5000};

std::string Form(const std::vector<NameValue>& fields) {
  std::string form = "Version=2011-06-15";
  for (const auto& [name, value] : fields) form += '&' + name + '=' + EncodedComponent(value);
  return form;
}

std::string_view RemedyFor(std::string_view code) {
  if (code == "ExpiredTokenException" || code == "ExpiredToken") {
    return ": is the token file renewed, and is this machine's clock right?";
  }
  if (code == "InvalidIdentityToken" || code == "IDPRejectedClaim") {
    return ": does the account know the token's issuer as an identity provider, with this "
           "audience?";
  }
  if (code == "AccessDenied") return ": does the role's trust policy name this identity?";
  if (code == "RegionDisabledException")
    return ": switch STS on for this region, or set AWS_REGION";
  return "";
}

boost::asio::awaitable<Expected<Credentials>> AskSts(HttpClient& http, HttpRequest request,
                                                     Deadline deadline) {
  auto answer = co_await AskForText(http, std::move(request), deadline);
  if (!answer) co_return Forward(answer);
  if (answer->status == 200) co_return CredentialsFromStsXml(answer->text);
  const std::string_view code = PlainWord(XmlText(answer->text, "Code"));
  co_return Fail(ErrorCode::kOriginFailed,
                 fmt::format("it answers {} {}{}", answer->status, code, RemedyFor(code)));
}

// An empty Expect keeps libcurl from asking whether a token of over a KiB may come.
std::vector<NameValue> FormHeaders() {
  return {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}, {"Expect", ""}};
}

class WebIdentitySource final : public CredentialsSource {
 public:
  WebIdentitySource(HttpClient http, WebIdentity identity)
      : http_(std::move(http)), identity_(std::move(identity)) {}

  boost::asio::awaitable<Expected<Credentials>> Fetch(Deadline deadline) override {
    // Read anew each time: Kubernetes renews it every hour or so.
    auto token = ReadSmallFile(identity_.token_file);
    if (!token) co_return Forward(token);
    if (!*token) co_return Fail(ErrorCode::kBadSetting, identity_.token_file + " does not exist");
    HttpRequest request{.method = HttpMethod::kPost,
                        .url = identity_.sts_url,
                        .headers = FormHeaders(),
                        .body = Form({{"Action", "AssumeRoleWithWebIdentity"},
                                      {"RoleArn", identity_.role_arn},
                                      {"RoleSessionName", identity_.session_name},
                                      {"WebIdentityToken", std::string(TrimmedLine(**token))}})};
    co_return co_await AskSts(http_, std::move(request), deadline);
  }

  std::string name() const override {
    return fmt::format("the web identity of {} at {}", identity_.role_arn, identity_.sts_url);
  }

 private:
  HttpClient http_;
  WebIdentity identity_;
};

class AssumedRoleSource final : public CredentialsSource {
 public:
  AssumedRoleSource(HttpClient http, AssumedRole role, HttpUrl url,
                    std::unique_ptr<CredentialsProvider> source)
      : http_(std::move(http)),
        role_(std::move(role)),
        url_(std::move(url)),
        source_(std::move(source)),
        signer_({.region = role_.region, .service = "sts"}) {}

  boost::asio::awaitable<Expected<Credentials>> Fetch(Deadline deadline) override {
    auto keys = co_await source_->Current(deadline);
    if (!keys) co_return Forward(keys);
    HttpRequest request = SignedRequest(*keys);
    auto fetched = co_await AskSts(http_, std::move(request), deadline);
    // Which of STS's refusals mean the keys is not worth knowing: new ones do no harm.
    if (!fetched) source_->Refused(*keys);
    co_return fetched;
  }

  std::string name() const override {
    return fmt::format("the role {} at {}", role_.role_arn, role_.sts_url);
  }

 private:
  HttpRequest SignedRequest(const Credentials& keys) {
    std::vector<NameValue> fields = {{"Action", "AssumeRole"},
                                     {"RoleArn", role_.role_arn},
                                     {"RoleSessionName", role_.session_name}};
    if (!role_.external_id.empty()) fields.emplace_back("ExternalId", role_.external_id);
    HttpRequest request{.method = HttpMethod::kPost, .url = role_.sts_url, .body = Form(fields)};
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    request.headers = {{"host", url_.authority}, {"x-amz-date", AmzDate(now)}};
    if (!keys.session_token.empty()) {
      request.headers.emplace_back("x-amz-security-token", keys.session_token);
    }
    std::string authorization =
        signer_.AuthorizationHeader({.method = "POST",
                                     .encoded_path = url_.path,
                                     .headers = request.headers,
                                     .payload_hash = PayloadHash(request.body)},
                                    keys, now);
    request.headers.emplace_back("authorization", std::move(authorization));
    for (NameValue& header : FormHeaders()) request.headers.push_back(std::move(header));
    return request;
  }

  HttpClient http_;
  AssumedRole role_;
  HttpUrl url_;
  std::unique_ptr<CredentialsProvider> source_;
  RequestSigner signer_;
};

}  // namespace

SourceOrError MakeWebIdentitySource(const boost::asio::any_io_executor& executor,
                                    WebIdentity identity, const ConnectionOptions& connections) {
  THIMBLE_TRY(HttpClient http, MakeTextClient(executor, connections, kPatience));
  return std::make_unique<WebIdentitySource>(std::move(http), std::move(identity));
}

SourceOrError MakeAssumedRoleSource(const boost::asio::any_io_executor& executor, AssumedRole role,
                                    std::unique_ptr<CredentialsProvider> source,
                                    const ConnectionOptions& connections) {
  std::optional<HttpUrl> url = ParseHttpUrl(role.sts_url);
  if (!url) return Fail(ErrorCode::kBadSetting, "the address of STS is no URL");
  THIMBLE_TRY(HttpClient http, MakeTextClient(executor, connections, kPatience));
  return std::make_unique<AssumedRoleSource>(std::move(http), std::move(role), std::move(*url),
                                             std::move(source));
}

}  // namespace thimble
