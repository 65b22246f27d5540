// The two INI files of the AWS tools, ~/.aws/credentials and ~/.aws/config, with a section a
// profile:
//
//   [default]                          [profile photos]
//   aws_access_key_id = AKIA...        region = eu-central-1
//   aws_secret_access_key = ...        role_arn = arn:aws:iam::1:role/photos
//
// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
//
// Pure but for ReadProfile. Errors: kBadSetting.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "origin/credentials.h"

namespace thimble {

// A profile's lines, names in lower case.
using Profile = std::map<std::string, std::string, std::less<>>;

// In the config file a profile's section is called [profile NAME], except for [default].
enum class ProfileFile : std::uint8_t { kCredentials, kConfig };

// The lines of `profile`; nothing where the section is missing. Lines that are no section, comment
// or `name = value` are passed over, as the AWS tools do, and so are the indented lines behind a
// name without a value, which are settings inside a setting.
std::optional<Profile> ProfileFromText(std::string_view text, ProfileFile file,
                                       std::string_view profile);

// What says where a file is.
enum class NamedBy : std::uint8_t {
  kNobody,       // nothing does: the usual place, where it may be missing or not readable for us
  kEnvironment,  // as for the AWS tools, it need not be there
  kSettings,     // it must be there
};

// Which files and which profile, by settings and environment.
struct ProfileChoice {
  std::string credentials_path{};  // empty: there is no home directory
  NamedBy credentials_path_by = NamedBy::kNobody;
  std::string config_path{};
  NamedBy config_path_by = NamedBy::kNobody;
  std::string profile = "default";
  bool profile_named = false;
};

ProfileChoice ChooseProfile(std::string_view profile_setting,
                            std::string_view credentials_file_setting,
                            const EnvironmentLookup& environment);

// The profile's lines from both files; the credentials file's keys win over the config file's.
// Nothing where neither file has it. kBadSetting: a file that the settings name is missing, or one
// cannot be read, unless it is in the usual place and belongs to somebody else.
Expected<std::optional<Profile>> ReadProfile(const ProfileChoice& choice);

// "profile photos of /root/.aws/credentials and /root/.aws/config"
std::string NameOf(const ProfileChoice& choice);

// A line's value; empty where there is none.
std::string ValueOf(const Profile& profile, std::string_view name);

}  // namespace thimble
