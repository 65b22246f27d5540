#include "origin/credentials_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace thimble {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::sys_seconds kExpiry{std::chrono::seconds(1'795'680'250)};

TEST(CredentialsFromJson, ReadsWhatInstancesAndContainersAnswer) {
  const auto keys =
      CredentialsFromJson(R"({"Code": "Success", "LastUpdated": "x", "Type": "AWS-HMAC",
      "AccessKeyId": "ASIA1", "SecretAccessKey": "se/cr+et=", "Token": "to/ken==",
      "Expiration": "2026-11-26T08:04:10Z"})");
  ASSERT_TRUE(keys) << keys.error().detail;
  EXPECT_EQ(keys->access_key_id, "ASIA1");
  EXPECT_EQ(keys->secret_access_key, "se/cr+et=");
  EXPECT_EQ(keys->session_token, "to/ken==");
  EXPECT_EQ(keys->expires, kExpiry);
}

TEST(CredentialsFromJson, KeysWithoutTokenAndEndAreKeys) {
  const auto keys = CredentialsFromJson(R"({"AccessKeyId": "A", "SecretAccessKey": "s"})");
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->session_token, "");
  EXPECT_FALSE(keys->expires);
}

TEST(CredentialsFromJson, RefusesWhatHoldsNoKeysWithoutShowingSecrets) {
  for (
      const std::string text :
      {"", "[]", "null", "{", R"({"AccessKeyId": "A"})", R"({"SecretAccessKey": "CANARY"})",
       R"({"AccessKeyId": 7, "SecretAccessKey": "CANARY"})",
       R"({"AccessKeyId": "A", "SecretAccessKey": "CANARY", "Expiration": "soon"})",
       R"({"AccessKeyId": "A", "SecretAccessKey": "CANARY\r\nX-Evil: 1"})",
       R"({"Code": "AssumeRoleUnauthorizedAccess", "AccessKeyId": "A", "SecretAccessKey": "CANARY"})"}) {
    const auto keys = CredentialsFromJson(text);
    ASSERT_FALSE(keys) << text;
    EXPECT_EQ(keys.error().code, ErrorCode::kOriginFailed);
    EXPECT_THAT(keys.error().detail, Not(HasSubstr("CANARY")));
  }
  EXPECT_THAT(CredentialsFromJson(R"({"Code": "Failed"})").error().detail, HasSubstr("Failed"));
}

TEST(CredentialsFromStsXml, ReadsTheCredentialsElement) {
  const auto keys = CredentialsFromStsXml(
      "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
      "<AssumeRoleWithWebIdentityResult><AssumedRoleUser><AssumedRoleId>X</AssumedRoleId>"
      "</AssumedRoleUser>\n<Credentials><SessionToken>to/ken==</SessionToken>"
      "<SecretAccessKey>se/cr+et</SecretAccessKey><Expiration>2026-11-26T08:04:10.123Z</Expiration>"
      "<AccessKeyId>ASIA2</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult>"
      "</AssumeRoleWithWebIdentityResponse>");
  ASSERT_TRUE(keys) << keys.error().detail;
  EXPECT_EQ(keys->access_key_id, "ASIA2");
  EXPECT_EQ(keys->secret_access_key, "se/cr+et");
  EXPECT_EQ(keys->session_token, "to/ken==");
  EXPECT_EQ(keys->expires, kExpiry);
}

TEST(CredentialsFromStsXml, RefusesWhatIsNoAnswer) {
  const std::string key_id = "<AccessKeyId>A</AccessKeyId>";
  const std::string escaped = "<SecretAccessKey>a&#10;b</SecretAccessKey>";
  for (const std::string& xml :
       {std::string(), std::string("<html>"), std::string("</Credentials><Credentials>"),
        std::string("<Credentials></Credentials>"), "<Credentials>" + key_id + "</Credentials>",
        "<Credentials>" + key_id + escaped + "</Credentials>",
        key_id + "<SecretAccessKey>s</SecretAccessKey>"}) {
    EXPECT_FALSE(CredentialsFromStsXml(xml)) << xml;
  }
}

TEST(XmlText, IsTheTextOfAnElementWithoutElements) {
  EXPECT_EQ(XmlText("<a><Code>AccessDenied</Code></a>", "Code"), "AccessDenied");
  for (const char* xml :
       {"<Code>", "<Code>x", "<Code>x<b/></Code>", "<Code>a&amp;b</Code>", "Code"}) {
    EXPECT_EQ(XmlText(xml, "Code"), "") << xml;
  }
}

TEST(PlainWord, LetsNothingThroughThatCouldForgeALine) {
  EXPECT_EQ(PlainWord("ExpiredToken"), "ExpiredToken");
  EXPECT_EQ(PlainWord("a b"), "");
  EXPECT_EQ(PlainWord("a\nb"), "");
  EXPECT_EQ(PlainWord(std::string(65, 'a')), "");
}

TEST(TimeFromIso8601, ReadsUtcOnly) {
  EXPECT_EQ(TimeFromIso8601("2026-11-26T08:04:10Z"), kExpiry);
  EXPECT_EQ(TimeFromIso8601("2026-11-26T08:04:10.5Z"), kExpiry);
  for (const char* text :
       {"", "Z", "2026-11-26", "2026-11-26T08:04:10", "2026-11-26T08:04:10+01:00",
        "2026-13-26T08:04:10Z", "2026-02-30T08:04:10Z", "2026-11-26T24:04:10Z",
        "2026-11-26T08:60:10Z", "2026-11-26 08:04:10Z", "-026-11-26T08:04:10Z",
        "2026-11-26T08:04:10xZ", "2026-11-26T08:04:10.xZ", "2026-11-26T08:04:1Z"}) {
    EXPECT_FALSE(TimeFromIso8601(text)) << text;
  }
}

}  // namespace
}  // namespace thimble
