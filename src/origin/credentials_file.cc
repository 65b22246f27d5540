#include "origin/credentials_file.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/ascii.h"
#include "base/unique_fd.h"

namespace thimble {
namespace {

// Real ones have a few hundred bytes; a mistaken path must not fill the memory.
constexpr std::size_t kMaxFileBytes = 1u << 20;

constexpr std::string_view kSpaces = " \t\r\f\v";

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

void Assign(Credentials& credentials, std::string_view name, std::string_view value) {
  if (name == "aws_access_key_id") credentials.access_key_id = value;
  if (name == "aws_secret_access_key") credentials.secret_access_key = value;
  if (name == "aws_session_token") credentials.session_token = value;
}

}  // namespace

Expected<std::optional<std::string>> ReadCredentialsFile(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return FailErrno("open " + path, ErrorCode::kBadSetting);
  }
  std::string text;
  std::array<char, 4096> chunk;
  for (;;) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FailErrno("read " + path, ErrorCode::kBadSetting);
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxFileBytes) {
      return Fail(ErrorCode::kBadSetting, path + " is too large for a credentials file");
    }
  }
}

std::optional<Credentials> ProfileFromCredentialsText(std::string_view text,
                                                      std::string_view profile) {
  std::optional<Credentials> found;
  bool inside = false;
  while (!text.empty()) {
    const std::string_view line = Trimmed(TakeLine(text), kSpaces);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      const std::size_t end = line.find(']');
      inside =
          end != std::string_view::npos && Trimmed(line.substr(1, end - 1), kSpaces) == profile;
      if (inside && !found) found.emplace();
      continue;
    }
    const std::size_t equals = line.find('=');
    if (!inside || equals == std::string_view::npos) continue;
    Assign(*found, Trimmed(line.substr(0, equals), kSpaces),
           Trimmed(line.substr(equals + 1), kSpaces));
  }
  return found;
}

}  // namespace thimble
