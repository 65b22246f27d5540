#include "origin/container_credentials.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

#include "origin/credentials_document.h"
#include "origin/credentials_source.h"
#include "origin/http_url.h"
#include "origin/small_file.h"
#include "origin/text_exchange.h"

namespace thimble {
namespace {

// The agent is on the same machine; it may have to ask AWS itself.
constexpr std::chrono::milliseconds kPatience{3000};

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "[::1]" || host == "localhost";
}

// The token becomes a header.
bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

class ContainerSource final : public CredentialsSource {
 public:
  ContainerSource(HttpClient http, ContainerEndpoint endpoint)
      : http_(std::move(http)), endpoint_(std::move(endpoint)) {}

  boost::asio::awaitable<Expected<Credentials>> Fetch(Deadline deadline) override {
    HttpRequest request{.url = endpoint_.url, .headers = {{"Accept", "application/json"}}};
    auto authorization = Authorization();
    if (!authorization) co_return Forward(authorization);
    if (!authorization->empty()) request.headers.emplace_back("Authorization", *authorization);
    auto answer = co_await AskForText(http_, std::move(request), deadline);
    if (!answer) co_return Forward(answer);
    if (answer->status != 200) {
      co_return Fail(ErrorCode::kOriginFailed,
                     fmt::format("it answers {}: does this container have a role, and is the "
                                 "authorization token its own?",
                                 answer->status));
    }
    co_return CredentialsFromJson(answer->text);
  }

  std::string name() const override { return "the container endpoint " + endpoint_.url; }

 private:
  // Read anew each time: EKS renews the file every few hours.
  Expected<std::string> Authorization() const {
    std::string token = endpoint_.authorization;
    if (!endpoint_.authorization_file.empty()) {
      THIMBLE_TRY(std::optional<std::string> text, ReadSmallFile(endpoint_.authorization_file));
      if (!text) return Fail(ErrorCode::kBadSetting, endpoint_.authorization_file + " is missing");
      token = TrimmedLine(*text);
    }
    if (HasControlCharacter(token)) {
      return Fail(ErrorCode::kBadSetting, "the container's authorization token has line ends");
    }
    return token;
  }

  HttpClient http_;
  ContainerEndpoint endpoint_;
};

}  // namespace

Status CheckContainerUrl(const std::string& address) {
  constexpr std::array<std::string_view, 3> kAgents = {"169.254.170.2", "169.254.170.23",
                                                       "[fd00:ec2::23]"};
  const std::optional<HttpUrl> url = ParseHttpUrl(address);
  if (!url) {
    return Fail(ErrorCode::kBadSetting, "the address of the container's credentials is no URL");
  }
  const bool is_agent = std::find(kAgents.begin(), kAgents.end(), url->host) != kAgents.end();
  if (url->scheme == "https" || is_agent || IsLoopback(url->host)) return {};
  return Fail(ErrorCode::kBadSetting,
              fmt::format("container credentials come by https, or by http from this machine, "
                          "169.254.170.2, 169.254.170.23 or [fd00:ec2::23]; not from {}://{}",
                          url->scheme, url->host));
}

SourceOrError MakeContainerSource(const boost::asio::any_io_executor& executor,
                                  ContainerEndpoint endpoint,
                                  const ConnectionOptions& connections) {
  THIMBLE_TRY(HttpClient http, MakeTextClient(executor, connections, kPatience));
  return std::make_unique<ContainerSource>(std::move(http), std::move(endpoint));
}

}  // namespace thimble
