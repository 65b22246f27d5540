#include "origin/credentials_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace thimble {
namespace {

using testing::HasSubstr;
using testing::Not;

class ChooseCredentialsTest : public testing::Test {
 protected:
  ChooseCredentialsTest()
      : home_(std::filesystem::path(testing::TempDir()) /
              ("credentials_choice_test_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(home_ / ".aws");
    environment_["HOME"] = home_.string();
    environment_["AWS_EC2_METADATA_DISABLED"] = "true";
  }
  ~ChooseCredentialsTest() override { std::filesystem::remove_all(home_); }

  std::string WriteFile(const std::string& name, const std::string& text) const {
    std::ofstream(home_ / name) << text;
    return (home_ / name).string();
  }
  EnvironmentLookup Environment() const {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = environment_.find(std::string(name));
      if (found == environment_.end()) return std::nullopt;
      return found->second;
    };
  }
  Expected<CredentialsChoice> Choose(const CredentialSettings& settings = {}) const {
    return ChooseCredentials(settings, Environment());
  }
  // The keys of a choice that needs nobody else.
  Expected<Credentials> Find(const CredentialSettings& settings = {}) const {
    THIMBLE_TRY(const CredentialsChoice choice, Choose(settings));
    if (const auto* const fixed = std::get_if<FixedKeys>(&choice)) return fixed->keys;
    const auto* const kept = std::get_if<ProfileKeys>(&choice);
    if (kept == nullptr) return Fail(ErrorCode::kInternal, "not keys but somebody who has them");
    THIMBLE_TRY(const std::optional<Profile> profile, ReadProfile(kept->profile));
    THIMBLE_TRY(const std::optional<Credentials> keys, KeysOfProfile(*profile, "it"));
    return *keys;
  }
  template <class Kind>
  Kind FindKind(const CredentialSettings& settings = {}) const {
    const Expected<CredentialsChoice> choice = Choose(settings);
    if (!choice || !std::holds_alternative<Kind>(*choice)) {
      ADD_FAILURE() << (choice ? "another kind" : choice.error().detail);
      return {};
    }
    return std::get<Kind>(*choice);
  }
  std::string ErrorOf(const CredentialSettings& settings = {}) const {
    const Expected<CredentialsChoice> choice = Choose(settings);
    if (choice) return "no error";
    EXPECT_EQ(choice.error().code, ErrorCode::kBadSetting);
    return choice.error().detail;
  }
  void SetEnvironmentKeys() {
    environment_["AWS_ACCESS_KEY_ID"] = "env-id";
    environment_["AWS_SECRET_ACCESS_KEY"] = "env-secret";
  }

  std::filesystem::path home_;
  std::map<std::string, std::string> environment_;
};

constexpr const char* kTwoProfiles =
    "[default]\naws_access_key_id = file-id\naws_secret_access_key = file-secret\n"
    "[photos]\naws_access_key_id=photos-id\naws_secret_access_key=photos-secret\n"
    "aws_session_token=photos-token\n";

TEST_F(ChooseCredentialsTest, SettingsWinOverEverything) {
  SetEnvironmentKeys();
  WriteFile(".aws/credentials", kTwoProfiles);
  const auto found = Find(
      {.access_key_id = "set-id", .secret_access_key = "set-secret", .session_token = "set-token"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "set-id");
  EXPECT_EQ(found->secret_access_key, "set-secret");
  EXPECT_EQ(found->session_token, "set-token");
}

TEST_F(ChooseCredentialsTest, TheEnvironmentWinsOverTheFile) {
  SetEnvironmentKeys();
  environment_["AWS_SESSION_TOKEN"] = "env-token";
  WriteFile(".aws/credentials", kTwoProfiles);
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "env-id");
  EXPECT_EQ(found->secret_access_key, "env-secret");
  EXPECT_EQ(found->session_token, "env-token");
}

TEST_F(ChooseCredentialsTest, TheOlderNameOfTheSecretIsUnderstood) {
  environment_["AWS_ACCESS_KEY_ID"] = "env-id";
  environment_["AWS_SECRET_KEY"] = "older-secret";
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->secret_access_key, "older-secret");
}

TEST_F(ChooseCredentialsTest, TheNewerNameOfTheSecretWins) {
  SetEnvironmentKeys();
  environment_["AWS_SECRET_KEY"] = "older-secret";
  EXPECT_EQ(Find()->secret_access_key, "env-secret");
}

TEST_F(ChooseCredentialsTest, TheDefaultProfileOfTheHomeDirectoryIsTheLastResort) {
  WriteFile(".aws/credentials", kTwoProfiles);
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "file-id");
}

TEST_F(ChooseCredentialsTest, TheEnvironmentNamesProfileAndFile) {
  environment_["AWS_SHARED_CREDENTIALS_FILE"] = WriteFile("elsewhere", kTwoProfiles);
  environment_["AWS_PROFILE"] = "photos";
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "photos-id");
  EXPECT_EQ(found->session_token, "photos-token");
}

TEST_F(ChooseCredentialsTest, AProfileInTheSettingsWinsOverTheEnvironmentsKeys) {
  SetEnvironmentKeys();
  const std::string path = WriteFile("elsewhere", kTwoProfiles);
  const auto found = Find({.profile = "photos", .credentials_file = path});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "photos-id");
}

TEST_F(ChooseCredentialsTest, NoKeysAnywhereNamesWhatWasTried) {
  const auto found = Find();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kBadSetting);
  EXPECT_THAT(found.error().detail, HasSubstr("AWS_ACCESS_KEY_ID"));
  EXPECT_THAT(found.error().detail, HasSubstr(home_.string() + "/.aws/credentials"));
}

TEST_F(ChooseCredentialsTest, HalfAPairIsAnErrorThatDoesNotShowTheSecret) {
  environment_["AWS_SECRET_ACCESS_KEY"] = "env-secret";
  WriteFile(".aws/credentials", kTwoProfiles);
  const auto found = Find();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kBadSetting);
  EXPECT_THAT(found.error().detail, Not(HasSubstr("env-secret")));
}

TEST_F(ChooseCredentialsTest, ANamedProfileThatIsMissingIsAnError) {
  WriteFile(".aws/credentials", kTwoProfiles);
  environment_["AWS_PROFILE"] = "absent";
  const auto found = Find();
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().detail, HasSubstr("absent"));
}

TEST_F(ChooseCredentialsTest, ANamedFileThatIsMissingIsAnError) {
  const auto found = Find({.credentials_file = (home_ / "absent").string()});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kBadSetting);
}

TEST_F(ChooseCredentialsTest, AFileThatTheEnvironmentNamesNeedNotBeThere) {
  // People switch the files off so.
  environment_["AWS_SHARED_CREDENTIALS_FILE"] = environment_["AWS_CONFIG_FILE"] =
      (home_ / "absent").string();
  environment_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/1";
  EXPECT_EQ(FindKind<ContainerEndpoint>().url, "http://169.254.170.2/v2/credentials/1");
  EXPECT_EQ(ChooseRegion({}, Environment()), "us-east-1");
}

TEST_F(ChooseCredentialsTest, ADirectoryIsNoCredentialsFile) {
  const auto found = Find({.credentials_file = home_.string()});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kBadSetting);
}

// Everything that keys can come from, so that taking the first away shows the next.
TEST_F(ChooseCredentialsTest, TheOrderIsThatOfTheSdks) {
  SetEnvironmentKeys();
  environment_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  environment_["AWS_ROLE_ARN"] = "arn:role";
  const std::string file = WriteFile(".aws/credentials", kTwoProfiles);
  environment_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/1";
  environment_.erase("AWS_EC2_METADATA_DISABLED");

  EXPECT_EQ(FindKind<FixedKeys>({.access_key_id = "a", .secret_access_key = "b"}).where,
            "the settings");
  EXPECT_EQ(FindKind<FixedKeys>().where, "the environment");
  environment_.erase("AWS_ACCESS_KEY_ID");
  environment_.erase("AWS_SECRET_ACCESS_KEY");
  EXPECT_EQ(FindKind<WebIdentity>().role_arn, "arn:role");
  environment_.erase("AWS_WEB_IDENTITY_TOKEN_FILE");
  EXPECT_EQ(FindKind<ProfileKeys>().profile.credentials_path, file);
  std::filesystem::remove(file);
  EXPECT_EQ(FindKind<ContainerEndpoint>().url, "http://169.254.170.2/v2/credentials/1");
  environment_.erase("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  EXPECT_EQ(FindKind<InstanceMetadata>().endpoint, "http://169.254.169.254");
  environment_["AWS_EC2_METADATA_DISABLED"] = "TRUE";
  EXPECT_THAT(ErrorOf(), HasSubstr("no S3 credentials"));
}

TEST_F(ChooseCredentialsTest, AWebIdentityAsksStsWhereTheProcessRuns) {
  environment_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  environment_["AWS_ROLE_ARN"] = "arn:role";
  environment_["AWS_REGION"] = "us-west-2";
  EXPECT_EQ(FindKind<WebIdentity>({.region = "eu-west-1"}).sts_url,
            "https://sts.us-west-2.amazonaws.com");
  EXPECT_EQ(FindKind<WebIdentity>().session_name, "thimble");
  environment_["AWS_ROLE_SESSION_NAME"] = "pictures";
  EXPECT_EQ(FindKind<WebIdentity>().session_name, "pictures");
  environment_["AWS_REGION"] = "cn-north-1";
  EXPECT_EQ(FindKind<WebIdentity>().sts_url, "https://sts.cn-north-1.amazonaws.com.cn");
  environment_.erase("AWS_REGION");
  EXPECT_EQ(FindKind<WebIdentity>({.region = "eu-west-1"}).sts_url,
            "https://sts.eu-west-1.amazonaws.com");
  environment_["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:9";
  EXPECT_EQ(FindKind<WebIdentity>().sts_url, "http://127.0.0.1:9");
}

TEST_F(ChooseCredentialsTest, AWebIdentityWithoutARoleIsAnError) {
  environment_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  EXPECT_THAT(ErrorOf(), HasSubstr("AWS_ROLE_ARN"));
}

TEST_F(ChooseCredentialsTest, ARegionThatCouldBecomeAnotherHostIsAnError) {
  environment_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  environment_["AWS_ROLE_ARN"] = "arn:role";
  environment_["AWS_REGION"] = "x.evil.example/";
  EXPECT_THAT(ErrorOf(), HasSubstr("region"));
}

TEST_F(ChooseCredentialsTest, AProfileOfTheConfigFileHasKeysOrAWebIdentity) {
  environment_["AWS_CONFIG_FILE"] =
      WriteFile("config",
                "[profile keys]\naws_access_key_id = config-id\naws_secret_access_key = s\n"
                "[profile pod]\nrole_arn = arn:pod\nweb_identity_token_file = /token\n"
                "role_session_name = name\nregion = eu-north-1\n");
  EXPECT_EQ(Find({.profile = "keys"})->access_key_id, "config-id");
  const auto identity = FindKind<WebIdentity>({.profile = "pod"});
  EXPECT_EQ(identity.role_arn, "arn:pod");
  EXPECT_EQ(identity.token_file, "/token");
  EXPECT_EQ(identity.session_name, "name");
  EXPECT_EQ(identity.sts_url, "https://sts.eu-north-1.amazonaws.com");
}

TEST_F(ChooseCredentialsTest, KeysOfOneFileNeverGoWithATokenOfTheOther) {
  WriteFile(".aws/config",
            "[default]\naws_access_key_id = config-id\naws_secret_access_key = config-secret\n"
            "aws_session_token = config-token\nregion = eu-west-3\n");
  EXPECT_EQ(Find()->session_token, "config-token");
  WriteFile(".aws/credentials", kTwoProfiles);
  EXPECT_EQ(Find()->access_key_id, "file-id");
  EXPECT_EQ(Find()->session_token, "");
}

TEST_F(ChooseCredentialsTest, WhatAServerCannotDoIsSaidAndNotPassedOver) {
  environment_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/1";
  for (const char* line :
       {"sso_session = s", "sso_start_url = https://x", "credential_process = x",
        "role_arn = arn:r", "role_arn = arn:r\nmfa_serial = m",
        "role_arn = arn:r\ncredential_source = Elsewhere",
        "role_arn = arn:r\nsource_profile = absent", "web_identity_token_file = /token"}) {
    WriteFile(".aws/config", std::string("[default]\n") + line + "\n");
    EXPECT_THAT(ErrorOf(), HasSubstr("profile ")) << line;
  }
  WriteFile(".aws/config", "[default]\nregion = eu-west-1\n");
  EXPECT_EQ(FindKind<ContainerEndpoint>().url, "http://169.254.170.2/v2/credentials/1");
}

TEST_F(ChooseCredentialsTest, AProfileTakesARoleWithAnothersKeys) {
  WriteFile(
      ".aws/config",
      "[profile a]\nrole_arn = arn:a\nsource_profile = b\nexternal_id = e\nregion = eu-west-1\n"
      "[profile b]\naws_access_key_id = b-id\naws_secret_access_key = s\n"
      "[profile self]\nrole_arn = arn:self\nsource_profile = self\naws_access_key_id = self-id\n"
      "aws_secret_access_key = s\n"
      "[profile ec2]\nrole_arn = arn:ec2\ncredential_source = Ec2InstanceMetadata\n"
      "[profile round]\nrole_arn = arn:1\nsource_profile = about\n"
      "[profile about]\nrole_arn = arn:2\nsource_profile = round\n");
  environment_.erase("AWS_EC2_METADATA_DISABLED");
  environment_["AWS_REGION"] = "us-west-2";
  using Role = std::shared_ptr<const AssumedRole>;
  const Role role = FindKind<Role>({.profile = "a"});
  ASSERT_TRUE(role);
  EXPECT_EQ(role->role_arn, "arn:a");
  EXPECT_EQ(role->external_id, "e");
  EXPECT_EQ(role->sts_url, "https://sts.us-west-2.amazonaws.com");
  EXPECT_EQ(role->region, "us-west-2");
  EXPECT_EQ(std::get<ProfileKeys>(role->source).profile.profile, "b");
  EXPECT_EQ(std::get<ProfileKeys>(FindKind<Role>({.profile = "self"})->source).profile.profile,
            "self");
  EXPECT_TRUE(std::holds_alternative<InstanceMetadata>(FindKind<Role>({.profile = "ec2"})->source));
  EXPECT_THAT(ErrorOf({.profile = "round"}), HasSubstr("circle"));
}

TEST_F(ChooseCredentialsTest, AContainerIsReachedAtItsFullAddressOrNotAtAll) {
  environment_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials";
  environment_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "token";
  environment_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/token";
  const auto container = FindKind<ContainerEndpoint>();
  EXPECT_EQ(container.url, "http://169.254.170.23/v1/credentials");
  EXPECT_EQ(container.authorization, "token");
  EXPECT_EQ(container.authorization_file, "/token");
  environment_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://elsewhere.example/";
  EXPECT_THAT(ErrorOf(), HasSubstr("elsewhere.example"));
  environment_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "@elsewhere.example/";
  EXPECT_THAT(ErrorOf(), HasSubstr("URL"));
}

TEST_F(ChooseCredentialsTest, TheMetadataServiceIsWhereTheEnvironmentSays) {
  environment_.erase("AWS_EC2_METADATA_DISABLED");
  environment_["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6";
  EXPECT_EQ(FindKind<InstanceMetadata>().endpoint, "http://[fd00:ec2::254]");
  environment_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:9/";
  EXPECT_EQ(FindKind<InstanceMetadata>().endpoint, "http://127.0.0.1:9");
}

TEST_F(ChooseCredentialsTest, TheRegionIsTheFirstThatIsNamed) {
  const auto region = [this](const CredentialSettings& settings = {}) {
    return ChooseRegion(settings, Environment()).value();
  };
  EXPECT_EQ(region(), "us-east-1");
  WriteFile(".aws/config", "[default]\nregion = eu-west-1\n[profile a]\nregion = eu-west-2\n");
  EXPECT_EQ(region(), "eu-west-1");
  EXPECT_EQ(region({.profile = "a"}), "eu-west-2");
  environment_["AWS_DEFAULT_REGION"] = "eu-west-3";
  EXPECT_EQ(region(), "eu-west-3");
  environment_["AWS_REGION"] = "eu-west-4";
  EXPECT_EQ(region(), "eu-west-4");
  EXPECT_EQ(region({.region = "eu-west-5"}), "eu-west-5");
}

}  // namespace
}  // namespace thimble
