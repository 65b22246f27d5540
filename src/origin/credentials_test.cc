#include "origin/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "origin/credentials_file.h"

namespace thimble {
namespace {

using testing::HasSubstr;
using testing::Not;

class FindCredentialsTest : public testing::Test {
 protected:
  FindCredentialsTest()
      : home_(std::filesystem::path(testing::TempDir()) /
              ("credentials_test_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(home_ / ".aws");
    environment_["HOME"] = home_.string();
  }
  ~FindCredentialsTest() override { std::filesystem::remove_all(home_); }

  std::string WriteFile(const std::string& name, const std::string& text) const {
    std::ofstream(home_ / name) << text;
    return (home_ / name).string();
  }
  Expected<Credentials> Find(const CredentialSettings& settings = {}) const {
    return FindCredentials(settings, [this](std::string_view name) -> std::optional<std::string> {
      const auto found = environment_.find(std::string(name));
      if (found == environment_.end()) return std::nullopt;
      return found->second;
    });
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

TEST_F(FindCredentialsTest, SettingsWinOverEverything) {
  SetEnvironmentKeys();
  WriteFile(".aws/credentials", kTwoProfiles);
  const auto found = Find(
      {.access_key_id = "set-id", .secret_access_key = "set-secret", .session_token = "set-token"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "set-id");
  EXPECT_EQ(found->secret_access_key, "set-secret");
  EXPECT_EQ(found->session_token, "set-token");
}

TEST_F(FindCredentialsTest, TheEnvironmentWinsOverTheFile) {
  SetEnvironmentKeys();
  environment_["AWS_SESSION_TOKEN"] = "env-token";
  WriteFile(".aws/credentials", kTwoProfiles);
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "env-id");
  EXPECT_EQ(found->secret_access_key, "env-secret");
  EXPECT_EQ(found->session_token, "env-token");
}

TEST_F(FindCredentialsTest, TheOlderNameOfTheSecretIsUnderstood) {
  environment_["AWS_ACCESS_KEY_ID"] = "env-id";
  environment_["AWS_SECRET_KEY"] = "older-secret";
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->secret_access_key, "older-secret");
}

TEST_F(FindCredentialsTest, TheNewerNameOfTheSecretWins) {
  SetEnvironmentKeys();
  environment_["AWS_SECRET_KEY"] = "older-secret";
  EXPECT_EQ(Find()->secret_access_key, "env-secret");
}

TEST_F(FindCredentialsTest, TheDefaultProfileOfTheHomeDirectoryIsTheLastResort) {
  WriteFile(".aws/credentials", kTwoProfiles);
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "file-id");
}

TEST_F(FindCredentialsTest, TheEnvironmentNamesProfileAndFile) {
  environment_["AWS_SHARED_CREDENTIALS_FILE"] = WriteFile("elsewhere", kTwoProfiles);
  environment_["AWS_PROFILE"] = "photos";
  const auto found = Find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "photos-id");
  EXPECT_EQ(found->session_token, "photos-token");
}

TEST_F(FindCredentialsTest, AProfileInTheSettingsWinsOverTheEnvironmentsKeys) {
  SetEnvironmentKeys();
  const std::string path = WriteFile("elsewhere", kTwoProfiles);
  const auto found = Find({.profile = "photos", .credentials_file = path});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->access_key_id, "photos-id");
}

TEST_F(FindCredentialsTest, NoKeysAnywhereNamesWhatWasTried) {
  const auto found = Find();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kBadSetting);
  EXPECT_THAT(found.error().detail, HasSubstr("AWS_ACCESS_KEY_ID"));
  EXPECT_THAT(found.error().detail, HasSubstr(home_.string() + "/.aws/credentials"));
}

TEST_F(FindCredentialsTest, HalfAPairIsAnErrorThatDoesNotShowTheSecret) {
  environment_["AWS_SECRET_ACCESS_KEY"] = "env-secret";
  WriteFile(".aws/credentials", kTwoProfiles);
  const auto found = Find();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kBadSetting);
  EXPECT_THAT(found.error().detail, Not(HasSubstr("env-secret")));
}

TEST_F(FindCredentialsTest, ANamedProfileThatIsMissingIsAnError) {
  WriteFile(".aws/credentials", kTwoProfiles);
  environment_["AWS_PROFILE"] = "absent";
  const auto found = Find();
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().detail, HasSubstr("absent"));
}

TEST_F(FindCredentialsTest, ANamedFileThatIsMissingIsAnError) {
  const auto found = Find({.credentials_file = (home_ / "absent").string()});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kBadSetting);
}

TEST_F(FindCredentialsTest, ADirectoryIsNoCredentialsFile) {
  const auto found = Find({.credentials_file = home_.string()});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kBadSetting);
}

TEST(ProfileFromCredentialsText, ToleratesSpacesCommentsAndCarriageReturns) {
  const auto profile = ProfileFromCredentialsText(
      "# comment\r\n; another\r\n\r\n[ a ]\r\n  aws_access_key_id\t=  id \r\n"
      "aws_secret_access_key = se/cr+et==\r\nregion = us-east-1\r\nno equals sign\r\n",
      "a");
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->access_key_id, "id");
  EXPECT_EQ(profile->secret_access_key, "se/cr+et==");
}

TEST(ProfileFromCredentialsText, DoesNotLeakFromOneSectionIntoAnother) {
  const auto profile = ProfileFromCredentialsText(
      "aws_access_key_id=stray\n[a]\naws_access_key_id=a-id\n[b]\naws_secret_access_key=b", "a");
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->access_key_id, "a-id");
  EXPECT_EQ(profile->secret_access_key, "");
}

TEST(ProfileFromCredentialsText, ABrokenSectionLineEndsTheSectionBefore) {
  const auto profile =
      ProfileFromCredentialsText("[a]\naws_access_key_id=a\n[b\naws_access_key_id=b\n", "a");
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->access_key_id, "a");
}

TEST(ProfileFromCredentialsText, SaysWhereThereIsNoSuchProfile) {
  EXPECT_FALSE(ProfileFromCredentialsText("[a]\naws_access_key_id=a\n", "b"));
  EXPECT_FALSE(ProfileFromCredentialsText("", "default"));
}

}  // namespace
}  // namespace thimble
