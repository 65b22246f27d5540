#include "origin/small_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/unique_fd.h"

namespace thimble {
namespace {

// Real ones have a few hundred bytes; a mistaken path must not fill the memory.
constexpr std::size_t kMaxFileBytes = 1u << 20;

}  // namespace

Expected<std::optional<std::string>> ReadSmallFile(const std::string& path) {
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
      return Fail(ErrorCode::kBadSetting, path + " is larger than 1 MiB");
    }
  }
}

std::string StampOfFile(const std::string& path) {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return fmt::format("{}:{}:{}:{}.{}", found.st_dev, found.st_ino, found.st_size,
                     found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
}

}  // namespace thimble
