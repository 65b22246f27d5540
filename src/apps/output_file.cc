#include "apps/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/unique_fd.h"

namespace thimble {
namespace {

Status WriteAll(int fd, ByteSpan bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FailErrno(name);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Status WriteOutput(const std::string& path, ByteSpan bytes) {
  if (path == "-") return WriteAll(STDOUT_FILENO, bytes, "standard output");
  const std::string temporary = path + ".part" + std::to_string(getpid());
  constexpr mode_t kReadableByAll = 0644;
  UniqueFd file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kReadableByAll));
  if (!file) return FailErrno(temporary);
  Status written = WriteAll(file.get(), bytes, temporary);
  if (written && std::rename(temporary.c_str(), path.c_str()) != 0) written = FailErrno(path);
  if (!written) unlink(temporary.c_str());
  return written;
}

}  // namespace thimble
