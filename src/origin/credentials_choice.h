// Where this process's keys come from. It is decided as by the AWS SDKs, at the start and before
// any source is asked: the first of these that is configured.
//
//   1. the settings' own keys,
//   2. the settings' profile or credentials file, where either is named: the operator chose it,
//   3. AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (or the older AWS_SECRET_KEY),
//   4. a web identity: AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN,
//   5. the profile of the shared credentials and config files,
//   6. a container's endpoint: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI,
//   7. the instance's metadata service, unless AWS_EC2_METADATA_DISABLED is "true".
//
// Half a pair, a named profile that does not exist, or a profile that wants what Thimble cannot do
// (single sign-on, a program that prints keys) is kBadSetting and not passed over: signing with
// somebody else's keys would be worse. Details never hold a secret.
//
// Pure but for reading the profile's files. Errors: kBadSetting.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "origin/aws_profile.h"
#include "origin/credentials.h"

namespace thimble {

// What an operator may have set; all of it may be empty.
struct CredentialSettings {
  std::string access_key_id{};
  std::string secret_access_key{};
  std::string session_token{};
  std::string profile{};           // empty: AWS_PROFILE or "default"
  std::string credentials_file{};  // empty: AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials
  std::string region{};            // of the bucket; empty: see ChooseRegion
};

// Keys of the settings or of the environment, which stay as they are.
struct FixedKeys {
  Credentials keys{};
  std::string where{};  // for people: "the environment"
};

// Keys in a file, read again when it changes.
struct ProfileKeys {
  ProfileChoice profile{};
};

// A role that is taken on with a token that somebody else renews: Kubernetes' service accounts.
struct WebIdentity {
  std::string role_arn{};
  std::string token_file{};
  std::string session_name{};
  std::string sts_url{};
};

// An agent beside the container: ECS, EKS pod identity, IoT Greengrass.
struct ContainerEndpoint {
  std::string url{};
  std::string authorization{};       // empty: none
  std::string authorization_file{};  // read at every use; wins over `authorization`
};

// An EC2 instance's own service, in its second version (IMDSv2).
struct InstanceMetadata {
  std::string endpoint{};  // without a trailing slash
};

struct AssumedRole;

using CredentialsChoice = std::variant<FixedKeys, ProfileKeys, WebIdentity, ContainerEndpoint,
                                       InstanceMetadata, std::shared_ptr<const AssumedRole>>;

// A role that is taken on with other keys, by a profile's role_arn.
struct AssumedRole {
  std::string role_arn{};
  std::string external_id{};  // empty: none
  std::string session_name{};
  std::string sts_url{};
  std::string region{};  // that the request to STS is signed for
  CredentialsChoice source{};
};

Expected<CredentialsChoice> ChooseCredentials(const CredentialSettings& settings,
                                              const EnvironmentLookup& environment);

// For the operator: that no keys were found and where they were looked for.
std::string NoCredentialsMessage(const CredentialSettings& settings,
                                 const EnvironmentLookup& environment);

// The bucket's region: the setting, AWS_REGION, AWS_DEFAULT_REGION, the profile's `region`,
// us-east-1. A config file that cannot be read is kBadSetting.
Expected<std::string> ChooseRegion(const CredentialSettings& settings,
                                   const EnvironmentLookup& environment);

// The pair of keys in a profile; nothing where it has neither half, kBadSetting for one half.
Expected<std::optional<Credentials>> KeysOfProfile(const Profile& profile, std::string_view where);

}  // namespace thimble
