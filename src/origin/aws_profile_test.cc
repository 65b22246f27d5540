#include "origin/aws_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thimble {
namespace {

using testing::ElementsAre;
using testing::Optional;
using testing::Pair;

auto FromCredentials(std::string_view text, std::string_view profile) {
  return ProfileFromText(text, ProfileFile::kCredentials, profile);
}
auto FromConfig(std::string_view text, std::string_view profile) {
  return ProfileFromText(text, ProfileFile::kConfig, profile);
}

TEST(ProfileFromText, ToleratesSpacesCommentsAndCarriageReturns) {
  EXPECT_THAT(
      FromCredentials("# comment\r\n; another\r\n\r\n[ a ]\r\n  Aws_Access_Key_ID\t=  id \r\n"
                      "aws_secret_access_key = se/cr+et==\r\nno equals sign\r\n",
                      "a"),
      Optional(ElementsAre(Pair("aws_access_key_id", "id"),
                           Pair("aws_secret_access_key", "se/cr+et=="))));
}

TEST(ProfileFromText, DoesNotLeakFromOneSectionIntoAnother) {
  EXPECT_THAT(FromCredentials("x=stray\n[a]\nx=a\n[b]\ny=b\n[b\ny=c\n", "a"),
              Optional(ElementsAre(Pair("x", "a"))));
  EXPECT_THAT(FromCredentials("[a]\nx=a\n[b\nx=b\n", "a"), Optional(ElementsAre(Pair("x", "a"))));
}

TEST(ProfileFromText, SaysWhereThereIsNoSuchProfile) {
  EXPECT_FALSE(FromCredentials("[a]\nx=a\n", "b"));
  EXPECT_FALSE(FromCredentials("", "default"));
  EXPECT_TRUE(FromCredentials("[a]\n", "a"));
}

TEST(ProfileFromText, TheConfigFileCallsItsSectionsProfiles) {
  const char* text = "[default]\nx=d\n[profile  a]\nx=a\n[b]\nx=b\n[sso-session c]\nx=c\n";
  EXPECT_THAT(FromConfig(text, "default"), Optional(ElementsAre(Pair("x", "d"))));
  EXPECT_THAT(FromConfig(text, "a"), Optional(ElementsAre(Pair("x", "a"))));
  EXPECT_FALSE(FromConfig(text, "b"));
  EXPECT_FALSE(FromConfig(text, "c"));
  EXPECT_FALSE(FromCredentials(text, "a"));
  EXPECT_THAT(FromConfig("[default]\nx=1\n[profile default]\nx=2\n", "default"),
              Optional(ElementsAre(Pair("x", "2"))));
}

TEST(ProfileFromText, SettingsInsideASettingAreNotTheProfilesOwn) {
  EXPECT_THAT(
      FromConfig("[default]\ns3 =\n  region = nested\n  addressing_style = path\n"
                 "region = eu-west-1\n  output = json\n",
                 "default"),
      Optional(ElementsAre(Pair("output", "json"), Pair("region", "eu-west-1"), Pair("s3", ""))));
}

}  // namespace
}  // namespace thimble
