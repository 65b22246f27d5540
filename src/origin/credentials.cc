#include "origin/credentials.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "origin/credentials_file.h"

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

using Found = Expected<std::optional<Credentials>>;

// Keys, nothing where neither half is there, or kBadSetting for half a pair.
Found WholePair(Credentials credentials, std::string_view where) {
  const bool has_id = !credentials.access_key_id.empty();
  const bool has_secret = !credentials.secret_access_key.empty();
  if (has_id != has_secret) {
    return Fail(ErrorCode::kBadSetting,
                fmt::format("{} has {} without its other half", where,
                            has_id ? "an access key id" : "a secret access key"));
  }
  if (!has_id) return std::nullopt;
  return credentials;
}

Found FromSettings(const CredentialSettings& settings) {
  return WholePair({.access_key_id = settings.access_key_id,
                    .secret_access_key = settings.secret_access_key,
                    .session_token = settings.session_token},
                   "the settings");
}

Found FromEnvironment(const EnvironmentLookup& environment) {
  std::string secret = environment("AWS_SECRET_ACCESS_KEY").value_or("");
  if (secret.empty()) secret = environment("AWS_SECRET_KEY").value_or("");
  return WholePair({.access_key_id = environment("AWS_ACCESS_KEY_ID").value_or(""),
                    .secret_access_key = std::move(secret),
                    .session_token = environment("AWS_SESSION_TOKEN").value_or("")},
                   "the environment");
}

struct FileChoice {
  std::string path{};  // empty: there is no home directory
  std::string profile{};
  bool path_named = false;
  bool profile_named = false;
};

FileChoice ChooseFile(const CredentialSettings& settings, const EnvironmentLookup& environment) {
  FileChoice choice{.path = settings.credentials_file, .profile = settings.profile};
  if (choice.path.empty()) {
    choice.path = environment("AWS_SHARED_CREDENTIALS_FILE").value_or("");
  }
  if (choice.profile.empty()) choice.profile = environment("AWS_PROFILE").value_or("");
  choice.path_named = !choice.path.empty();
  choice.profile_named = !choice.profile.empty();
  if (!choice.path_named) {
    const std::optional<std::string> home = environment("HOME");
    if (home && !home->empty()) choice.path = *home + "/.aws/credentials";
  }
  if (!choice.profile_named) choice.profile = "default";
  return choice;
}

Found FromFile(const FileChoice& choice) {
  if (choice.path.empty()) return std::nullopt;
  THIMBLE_TRY(const std::optional<std::string> text, ReadCredentialsFile(choice.path));
  if (!text) {
    if (!choice.path_named && !choice.profile_named) return std::nullopt;
    return Fail(ErrorCode::kBadSetting, choice.path + " does not exist");
  }
  std::optional<Credentials> profile = ProfileFromCredentialsText(*text, choice.profile);
  const std::string where = fmt::format("profile {} of {}", choice.profile, choice.path);
  if (!profile) {
    if (!choice.profile_named) return std::nullopt;
    return Fail(ErrorCode::kBadSetting, where + " does not exist");
  }
  return WholePair(std::move(*profile), where);
}

}  // namespace

std::optional<std::string> ProcessEnvironment(std::string_view name) {
  const char* const value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

Expected<Credentials> FindCredentials(const CredentialSettings& settings,
                                      const EnvironmentLookup& environment) {
  const FileChoice file = ChooseFile(settings, environment);
  const bool file_first = !settings.profile.empty() || !settings.credentials_file.empty();

  THIMBLE_TRY(std::optional<Credentials> found, FromSettings(settings));
  if (found) return std::move(*found);
  if (file_first) {
    THIMBLE_TRY(found, FromFile(file));
    if (found) return std::move(*found);
  }
  THIMBLE_TRY(found, FromEnvironment(environment));
  if (found) return std::move(*found);
  THIMBLE_TRY(found, FromFile(file));
  if (found) return std::move(*found);

  return Fail(ErrorCode::kBadSetting,
              fmt::format("no S3 credentials: tried the settings, AWS_ACCESS_KEY_ID with "
                          "AWS_SECRET_ACCESS_KEY in the environment, and profile {} of {}",
                          file.profile, file.path.empty() ? "~/.aws/credentials" : file.path));
}

std::unique_ptr<CredentialsProvider> MakeStaticCredentials(Credentials credentials) {
  return std::make_unique<StaticCredentials>(std::move(credentials));
}

}  // namespace thimble
