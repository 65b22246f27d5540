#include "origin/directory_root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace thimble {
namespace {

constexpr int kFileFlags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
constexpr int kDirectoryFlags = O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
// A rename somewhere in the tree makes the kernel's walk give up; it rarely does so twice.
constexpr int kMaxWalkAttempts = 16;

bool NamesOneFile(std::string_view key) {
  // A backslash separates folders elsewhere; nobody may get at a file in two ways.
  if (key.find_first_of(std::string_view("\0\\", 2)) != std::string_view::npos) return false;
  for (;;) {
    const std::size_t slash = key.find('/');
    const std::string_view segment = key.substr(0, slash);
    if (segment.empty() || segment == "." || segment == "..") return false;
    if (slash == std::string_view::npos) return true;
    key.remove_prefix(slash + 1);
  }
}

UniqueFd OpenByKernel(int directory, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<decltype(how.flags)>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 1;; ++attempt) {
    UniqueFd fd(static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof how)));
    const bool again = !fd && (errno == EAGAIN || errno == EINTR);
    if (!again || attempt == kMaxWalkAttempts) return fd;
  }
}

UniqueFd OpenByName(int directory, const std::string& key) {
  UniqueFd holder;
  std::size_t begin = 0;
  for (std::size_t slash; (slash = key.find('/', begin)) != std::string::npos; begin = slash + 1) {
    const std::string segment = key.substr(begin, slash - begin);
    UniqueFd next(::openat(directory, segment.c_str(), kDirectoryFlags));
    if (!next) return next;
    holder = std::move(next);
    directory = holder.get();
  }
  return UniqueFd(::openat(directory, key.c_str() + begin, kFileFlags));
}

ErrorCode CodeForErrno(int number) {
  switch (number) {
    case EACCES:
    case EPERM: return ErrorCode::kOriginalForbidden;
    case ENOENT:
    case ENOTDIR:
    case ELOOP:         // a symbolic link
    case EXDEV:         // a way out of the root
    case ENXIO:         // a socket, or a device without a driver
    case ENODEV:        //
    case ENAMETOOLONG:  //
    case EINVAL:        // a name this file system cannot have
    case EILSEQ: return ErrorCode::kOriginalNotFound;
    default: return ErrorCode::kOriginFailed;
  }
}

}  // namespace

Expected<DirectoryRoot> DirectoryRoot::Open(const std::string& path) {
  UniqueFd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return FailErrno("open directory " + path, ErrorCode::kBadSetting);
  const UniqueFd probe = OpenByKernel(directory.get(), ".", O_PATH | O_CLOEXEC);
  const PathWalk walk = probe ? PathWalk::kByKernel : PathWalk::kByName;
  return DirectoryRoot(std::move(directory), walk);
}

Expected<RegularFile> DirectoryRoot::OpenRegular(const std::string& key) const {
  if (!NamesOneFile(key)) return Fail(ErrorCode::kOriginalNotFound, "the key names no file");
  RegularFile file{.fd = walk_ == PathWalk::kByKernel
                             ? OpenByKernel(directory_.get(), key.c_str(), kFileFlags)
                             : OpenByName(directory_.get(), key),
                   .info = {}};
  if (!file.fd) return FailErrno("open", CodeForErrno(errno));
  if (::fstat(file.fd.get(), &file.info) != 0) return FailErrno("fstat", ErrorCode::kOriginFailed);
  if (!S_ISREG(file.info.st_mode)) {
    return Fail(ErrorCode::kOriginalNotFound, "not a regular file");
  }
  return file;
}

}  // namespace thimble
