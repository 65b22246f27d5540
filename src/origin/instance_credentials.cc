// Keys from an EC2 instance's metadata service, version 2 only: version 1 answers anybody who can
// make this machine send a GET.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
#include <fmt/format.h>

#include <utility>

#include "origin/credentials_document.h"
#include "origin/credentials_source.h"
#include "origin/sigv4.h"
#include "origin/text_exchange.h"

namespace thimble {
namespace {

// The service is one hop away; where there is none, nobody may wait long for it.
constexpr std::chrono::milliseconds kPatience{1000};

constexpr std::string_view kRolePath = "/latest/meta-data/iam/security-credentials/";

tl::unexpected<Error> Refused(std::string_view what, int status, std::string_view remedy) {
  return Fail(ErrorCode::kOriginFailed, fmt::format("{}: it answers {}{}", what, status, remedy));
}

class InstanceSource final : public CredentialsSource {
 public:
  InstanceSource(HttpClient http, InstanceMetadata metadata)
      : http_(std::move(http)), metadata_(std::move(metadata)) {}

  boost::asio::awaitable<Expected<Credentials>> Fetch(Deadline deadline) override {
    auto token = co_await Token(deadline);
    if (!token) co_return Forward(token);
    auto role = co_await Get(std::string(kRolePath), *token, deadline);
    if (!role) co_return Forward(role);
    if (role->status == 404) co_return Refused("the role", 404, ": none is attached");
    if (role->status != 200) co_return Refused("the role", role->status, "");
    const std::string_view first_line =
        std::string_view(role->text).substr(0, role->text.find('\n'));
    const std::string path = std::string(kRolePath) + EncodedComponent(TrimmedLine(first_line));
    auto keys = co_await Get(path, *token, deadline);
    if (!keys) co_return Forward(keys);
    if (keys->status != 200) co_return Refused("the role's keys", keys->status, "");
    co_return CredentialsFromJson(keys->text);
  }

  std::string name() const override { return "the instance metadata of " + metadata_.endpoint; }

 private:
  boost::asio::awaitable<Expected<std::string>> Token(Deadline deadline) {
    HttpRequest request{.method = HttpMethod::kPut,
                        .url = metadata_.endpoint + "/latest/api/token",
                        .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "60"}}};
    auto answer = co_await AskForText(http_, std::move(request), deadline);
    if (!answer) {
      co_return Fail(answer.error().code, fmt::format("{}; in a container the answer may need "
                                                      "--http-put-response-hop-limit 2",
                                                      answer.error().detail));
    }
    if (answer->status == 403) co_return Refused("the token", 403, ": the service is switched off");
    if (answer->status != 200) co_return Refused("the token", answer->status, "");
    co_return std::string(TrimmedLine(answer->text));
  }

  boost::asio::awaitable<Expected<TextAnswer>> Get(std::string path, std::string token,
                                                   Deadline deadline) {
    HttpRequest request{.url = metadata_.endpoint + path,
                        .headers = {{"X-aws-ec2-metadata-token", std::move(token)}}};
    return AskForText(http_, std::move(request), deadline);
  }

  HttpClient http_;
  InstanceMetadata metadata_;
};

}  // namespace

SourceOrError MakeInstanceSource(const boost::asio::any_io_executor& executor,
                                 InstanceMetadata metadata, const ConnectionOptions& connections) {
  THIMBLE_TRY(HttpClient http, MakeTextClient(executor, connections, kPatience));
  return std::make_unique<InstanceSource>(std::move(http), std::move(metadata));
}

}  // namespace thimble
