#include "origin/aws_profile.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/ascii.h"
#include "origin/small_file.h"

namespace thimble {
namespace {

constexpr std::string_view kSpaces = " \t\r\f\v";

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// What stands between the brackets of a section's line, with single spaces.
std::string SectionName(std::string_view line) {
  const std::size_t end = line.find(']');
  if (end == std::string_view::npos) return {};
  const std::string_view inside = Trimmed(line.substr(1, end - 1), kSpaces);
  const std::size_t space = inside.find_first_of(kSpaces);
  if (space == std::string_view::npos) return std::string(inside);
  return fmt::format("{} {}", inside.substr(0, space), Trimmed(inside.substr(space), kSpaces));
}

std::optional<Profile> SectionFromText(std::string_view text, std::string_view section) {
  std::optional<Profile> found;
  bool inside = false;
  bool nesting = false;  // the last line had a name without a value
  while (!text.empty()) {
    const std::string_view whole_line = TakeLine(text);
    const std::string_view line = Trimmed(whole_line, kSpaces);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      inside = SectionName(line) == section;
      nesting = false;
      if (inside && !found) found.emplace();
      continue;
    }
    const bool indented = kSpaces.find(whole_line.front()) != std::string_view::npos;
    const std::size_t equals = line.find('=');
    if (!inside || equals == std::string_view::npos || (nesting && indented)) continue;
    const std::string_view value = Trimmed(line.substr(equals + 1), kSpaces);
    nesting = value.empty();
    found->insert_or_assign(LowerAscii(Trimmed(line.substr(0, equals), kSpaces)),
                            std::string(value));
  }
  return found;
}

Expected<std::optional<std::string>> ReadProfileFile(const std::string& path, NamedBy named_by) {
  if (path.empty()) return std::nullopt;
  // A service's HOME may be another user's.
  const bool may_be_closed = named_by == NamedBy::kNobody;
  if (may_be_closed && ::access(path.c_str(), R_OK) != 0 && errno == EACCES) return std::nullopt;
  THIMBLE_TRY(std::optional<std::string> text, ReadSmallFile(path));
  if (!text && named_by == NamedBy::kSettings) {
    return Fail(ErrorCode::kBadSetting, path + " does not exist");
  }
  return text;
}

void EraseKeys(Profile& profile) {
  for (const char* name : {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}) {
    profile.erase(name);
  }
}

}  // namespace

std::optional<Profile> ProfileFromText(std::string_view text, ProfileFile file,
                                       std::string_view profile) {
  if (file == ProfileFile::kCredentials) return SectionFromText(text, profile);
  std::optional<Profile> found = SectionFromText(text, fmt::format("profile {}", profile));
  if (!found && profile == "default") found = SectionFromText(text, profile);
  return found;
}

ProfileChoice ChooseProfile(std::string_view profile_setting,
                            std::string_view credentials_file_setting,
                            const EnvironmentLookup& environment) {
  const auto variable = [&](std::string_view name) { return environment(name).value_or(""); };
  ProfileChoice choice;
  const std::string home = variable("HOME");
  const auto usual = [&home](const char* name) { return home.empty() ? home : home + name; };
  const std::string credentials_variable = variable("AWS_SHARED_CREDENTIALS_FILE");
  if (!credentials_file_setting.empty()) {
    choice.credentials_path = credentials_file_setting;
    choice.credentials_path_by = NamedBy::kSettings;
  } else if (!credentials_variable.empty()) {
    choice.credentials_path = credentials_variable;
    choice.credentials_path_by = NamedBy::kEnvironment;
  } else {
    choice.credentials_path = usual("/.aws/credentials");
  }
  choice.config_path = variable("AWS_CONFIG_FILE");
  if (!choice.config_path.empty()) {
    choice.config_path_by = NamedBy::kEnvironment;
  } else {
    choice.config_path = usual("/.aws/config");
  }

  std::string profile(profile_setting);
  if (profile.empty()) profile = variable("AWS_PROFILE");
  choice.profile_named = !profile.empty();
  if (choice.profile_named) choice.profile = std::move(profile);
  return choice;
}

Expected<std::optional<Profile>> ReadProfile(const ProfileChoice& choice) {
  THIMBLE_TRY(const std::optional<std::string> credentials,
              ReadProfileFile(choice.credentials_path, choice.credentials_path_by));
  THIMBLE_TRY(const std::optional<std::string> config,
              ReadProfileFile(choice.config_path, choice.config_path_by));
  std::optional<Profile> found;
  if (config) found = ProfileFromText(*config, ProfileFile::kConfig, choice.profile);
  if (!credentials) return found;
  std::optional<Profile> keys =
      ProfileFromText(*credentials, ProfileFile::kCredentials, choice.profile);
  if (!keys) return found;
  if (!found) return keys;
  if (keys->contains("aws_access_key_id") || keys->contains("aws_secret_access_key")) {
    EraseKeys(*found);  // a key of one file never goes with a secret or a token of the other
  }
  keys->merge(*found);
  return keys;
}

std::string NameOf(const ProfileChoice& choice) {
  if (choice.credentials_path.empty() && choice.config_path.empty()) {
    return fmt::format("profile {} of ~/.aws/credentials and ~/.aws/config", choice.profile);
  }
  return fmt::format("profile {} of {} and {}", choice.profile, choice.credentials_path,
                     choice.config_path);
}

std::string ValueOf(const Profile& profile, std::string_view name) {
  const auto found = profile.find(name);
  return found == profile.end() ? std::string() : found->second;
}

}  // namespace thimble
