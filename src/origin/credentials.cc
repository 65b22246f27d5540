#include "origin/credentials.h"

#include <cstdlib>
#include <utility>

namespace thimble {
namespace {

class StaticCredentials final : public CredentialsProvider {
 public:
  explicit StaticCredentials(Credentials credentials) : credentials_(std::move(credentials)) {}

  boost::asio::awaitable<Expected<Credentials>> Current(Deadline) override {
    co_return credentials_;
  }

 private:
  Credentials credentials_;
};

}  // namespace

std::optional<std::string> ProcessEnvironment(std::string_view name) {
  const char* const value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

std::unique_ptr<CredentialsProvider> MakeStaticCredentials(Credentials credentials) {
  return std::make_unique<StaticCredentials>(std::move(credentials));
}

}  // namespace thimble
