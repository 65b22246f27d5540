#include "origin/credentials_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "origin/container_credentials.h"

namespace thimble {
namespace {

using Found = Expected<std::optional<CredentialsChoice>>;

constexpr std::string_view kDefaultRegion = "us-east-1";
constexpr std::string_view kDefaultSessionName = "thimble";
// Profiles that take a role with another profile's keys; more than this is a circle.
constexpr int kMaxSourceProfiles = 5;

std::string Variable(const EnvironmentLookup& environment, std::string_view name) {
  return environment(name).value_or("");
}

std::string FirstOf(std::string first, std::string_view otherwise) {
  return first.empty() ? std::string(otherwise) : std::move(first);
}

// Keys, nothing where neither half is there, or kBadSetting for half a pair.
Expected<std::optional<Credentials>> WholePair(Credentials credentials, std::string_view where) {
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

Found FixedPair(Credentials credentials, const std::string& where) {
  THIMBLE_TRY(std::optional<Credentials> keys, WholePair(std::move(credentials), where));
  if (!keys) return std::nullopt;
  return FixedKeys{.keys = std::move(*keys), .where = where};
}

// The region that surroundings name, not the bucket's own setting; empty where none does.
Expected<std::string> SurroundingRegion(const CredentialSettings& settings,
                                        const EnvironmentLookup& environment) {
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    std::string region = Variable(environment, name);
    if (!region.empty()) return region;
  }
  THIMBLE_TRY(const std::optional<Profile> profile,
              ReadProfile(ChooseProfile(settings.profile, settings.credentials_file, environment)));
  return profile ? ValueOf(*profile, "region") : std::string();
}

bool IsRegionName(std::string_view region) {
  return std::all_of(region.begin(), region.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// What remains to be known for a request to STS.
struct StsPlace {
  std::string url;
  std::string region;
};

// STS is asked where this process runs, which need not be where the bucket is.
Expected<StsPlace> ChooseSts(const CredentialSettings& settings,
                             const EnvironmentLookup& environment) {
  THIMBLE_TRY(std::string region, SurroundingRegion(settings, environment));
  region = FirstOf(FirstOf(std::move(region), settings.region), kDefaultRegion);
  if (!IsRegionName(region)) return Fail(ErrorCode::kBadSetting, "'" + region + "' is no region");
  std::string url = Variable(environment, "AWS_ENDPOINT_URL_STS");
  if (url.empty()) {
    url = fmt::format("https://sts.{}.amazonaws.com{}", region,
                      region.starts_with("cn-") ? ".cn" : "");
  }
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    return Fail(ErrorCode::kBadSetting, "AWS_ENDPOINT_URL_STS is neither http nor https");
  }
  return StsPlace{.url = std::move(url), .region = std::move(region)};
}

// One choice in the making: what all the steps need.
class Chooser {
 public:
  Chooser(const CredentialSettings& settings, const EnvironmentLookup& environment)
      : settings_(settings), environment_(environment) {}

  Found FromSettings() const {
    return FixedPair({.access_key_id = settings_.access_key_id,
                      .secret_access_key = settings_.secret_access_key,
                      .session_token = settings_.session_token},
                     "the settings");
  }

  Found FromEnvironment() const {
    return FixedPair(
        {.access_key_id = Get("AWS_ACCESS_KEY_ID"),
         .secret_access_key = FirstOf(Get("AWS_SECRET_ACCESS_KEY"), Get("AWS_SECRET_KEY")),
         .session_token = Get("AWS_SESSION_TOKEN")},
        "the environment");
  }

  Found FromWebIdentity() const {
    std::string token_file = Get("AWS_WEB_IDENTITY_TOKEN_FILE");
    if (token_file.empty()) return std::nullopt;
    return MakeWebIdentity(Get("AWS_ROLE_ARN"), std::move(token_file), Get("AWS_ROLE_SESSION_NAME"),
                           "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN");
  }

  Found FromProfile() const {
    return FromProfile(ChooseProfile(settings_.profile, settings_.credentials_file, environment_),
                       !settings_.profile.empty(), 0);
  }

  Found FromContainer() const {
    std::string url = Get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const std::string path = Get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    if (!path.empty()) url = std::string(kEcsAgent) + path;
    if (url.empty()) return std::nullopt;
    if (Status allowed = CheckContainerUrl(url); !allowed) return Forward(allowed);
    return ContainerEndpoint{.url = std::move(url),
                             .authorization = Get("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
                             .authorization_file = Get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")};
  }

  Found FromInstance() const {
    std::string disabled = Get("AWS_EC2_METADATA_DISABLED");
    std::transform(disabled.begin(), disabled.end(), disabled.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    if (disabled == "true") return std::nullopt;
    std::string endpoint = Get("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    if (endpoint.empty()) {
      const std::string mode = Get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
      endpoint =
          mode == "IPv6" || mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
    }
    while (endpoint.ends_with('/')) endpoint.pop_back();
    return InstanceMetadata{.endpoint = std::move(endpoint)};
  }

 private:
  std::string Get(std::string_view name) const { return Variable(environment_, name); }

  Found MakeWebIdentity(std::string role_arn, std::string token_file, std::string session_name,
                        const std::string& without_role) const {
    if (role_arn.empty()) return Fail(ErrorCode::kBadSetting, without_role);
    THIMBLE_TRY(StsPlace sts, ChooseSts(settings_, environment_));
    return WebIdentity{.role_arn = std::move(role_arn),
                       .token_file = std::move(token_file),
                       .session_name = FirstOf(std::move(session_name), kDefaultSessionName),
                       .sts_url = std::move(sts.url)};
  }

  // `insist`: keys must be there. `depth`: how many profiles refer to this one.
  Found FromProfile(const ProfileChoice& choice, bool insist, int depth) const {
    THIMBLE_TRY(const std::optional<Profile> profile, ReadProfile(choice));
    const std::string where = NameOf(choice);
    if (!profile) {
      if (!choice.profile_named && !insist) return std::nullopt;
      return Fail(ErrorCode::kBadSetting, where + " does not exist");
    }
    THIMBLE_TRY(std::optional<CredentialsChoice> found,
                FromLinesOf(*profile, choice, where, depth));
    if (!found && insist) return Fail(ErrorCode::kBadSetting, where + " has no keys");
    return found;
  }

  Found FromLinesOf(const Profile& profile, const ProfileChoice& choice, const std::string& where,
                    int depth) const {
    const std::string token_file = ValueOf(profile, "web_identity_token_file");
    const std::string role_arn = ValueOf(profile, "role_arn");
    if (!token_file.empty()) {
      return MakeWebIdentity(role_arn, token_file, ValueOf(profile, "role_session_name"),
                             where + " has a web_identity_token_file without a role_arn");
    }
    if (!role_arn.empty()) return FromRole(profile, choice, where, depth);
    return FromOwnKeys(profile, choice, where);
  }

  Found FromOwnKeys(const Profile& profile, const ProfileChoice& choice,
                    const std::string& where) const {
    THIMBLE_TRY(const std::optional<Credentials> keys, KeysOfProfile(profile, where));
    if (keys) return ProfileKeys{.profile = choice};
    for (const char* name :
         {"sso_session", "sso_start_url", "credential_process", "login_session"}) {
      if (ValueOf(profile, name).empty()) continue;
      return Fail(ErrorCode::kBadSetting,
                  fmt::format("{} wants {}, which Thimble cannot do: export keys into the "
                              "environment instead, for example by `aws configure "
                              "export-credentials --format env`",
                              where, name));
    }
    return std::nullopt;
  }

  Found FromRole(const Profile& profile, const ProfileChoice& choice, const std::string& where,
                 int depth) const {
    if (depth >= kMaxSourceProfiles) {
      return Fail(ErrorCode::kBadSetting, where + " is part of a circle of source profiles");
    }
    if (!ValueOf(profile, "mfa_serial").empty()) {
      return Fail(ErrorCode::kBadSetting, where + " wants mfa_serial, which a server cannot do");
    }
    THIMBLE_TRY(std::optional<CredentialsChoice> source,
                SourceOfRole(profile, choice, where, depth));
    if (!source) return Fail(ErrorCode::kBadSetting, where + " has no keys to take its role with");
    THIMBLE_TRY(StsPlace sts, ChooseSts(settings_, environment_));
    return std::make_shared<const AssumedRole>(AssumedRole{
        .role_arn = ValueOf(profile, "role_arn"),
        .external_id = ValueOf(profile, "external_id"),
        .session_name = FirstOf(ValueOf(profile, "role_session_name"), kDefaultSessionName),
        .sts_url = std::move(sts.url),
        .region = std::move(sts.region),
        .source = std::move(*source)});
  }

  Found SourceOfRole(const Profile& profile, const ProfileChoice& choice, const std::string& where,
                     int depth) const {
    const std::string source_profile = ValueOf(profile, "source_profile");
    const std::string source = ValueOf(profile, "credential_source");
    if (source_profile == choice.profile) return FromOwnKeys(profile, choice, where);
    if (!source_profile.empty()) {
      ProfileChoice other = choice;
      other.profile = source_profile;
      return FromProfile(other, true, depth + 1);
    }
    if (source == "Environment") return FromEnvironment();
    if (source == "EcsContainer") return FromContainer();
    if (source == "Ec2InstanceMetadata") return FromInstance();
    return Fail(ErrorCode::kBadSetting,
                fmt::format("{} has a role_arn without web_identity_token_file, source_profile, "
                            "or a credential_source of Environment, EcsContainer or "
                            "Ec2InstanceMetadata",
                            where));
  }

  const CredentialSettings& settings_;
  const EnvironmentLookup& environment_;
};

}  // namespace

Expected<std::optional<Credentials>> KeysOfProfile(const Profile& profile, std::string_view where) {
  return WholePair({.access_key_id = ValueOf(profile, "aws_access_key_id"),
                    .secret_access_key = ValueOf(profile, "aws_secret_access_key"),
                    .session_token = ValueOf(profile, "aws_session_token")},
                   where);
}

Expected<CredentialsChoice> ChooseCredentials(const CredentialSettings& settings,
                                              const EnvironmentLookup& environment) {
  const Chooser chooser(settings, environment);
  const bool file_first = !settings.profile.empty() || !settings.credentials_file.empty();
  using Step = Found (Chooser::*)() const;
  const Step nothing = nullptr;
  const Step profile = &Chooser::FromProfile;
  const std::array<Step, 7> order = {&Chooser::FromSettings,         file_first ? profile : nothing,
                                     &Chooser::FromEnvironment,      &Chooser::FromWebIdentity,
                                     file_first ? nothing : profile, &Chooser::FromContainer,
                                     &Chooser::FromInstance};
  for (const Step step : order) {
    if (step == nothing) continue;
    THIMBLE_TRY(std::optional<CredentialsChoice> found, (chooser.*step)());
    if (found) return std::move(*found);
  }
  return Fail(ErrorCode::kBadSetting, NoCredentialsMessage(settings, environment));
}

std::string NoCredentialsMessage(const CredentialSettings& settings,
                                 const EnvironmentLookup& environment) {
  return fmt::format(
      "no S3 credentials: tried the settings; AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, "
      "AWS_WEB_IDENTITY_TOKEN_FILE and AWS_CONTAINER_CREDENTIALS_FULL_URI in the environment; {}; "
      "and the instance's metadata service. A public bucket needs s3.anonymous = true",
      NameOf(ChooseProfile(settings.profile, settings.credentials_file, environment)));
}

Expected<std::string> ChooseRegion(const CredentialSettings& settings,
                                   const EnvironmentLookup& environment) {
  if (!settings.region.empty()) return settings.region;
  THIMBLE_TRY(std::string region, SurroundingRegion(settings, environment));
  return FirstOf(std::move(region), kDefaultRegion);
}

}  // namespace thimble
