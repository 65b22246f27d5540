#include "worker/output_buffer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/memfd.h"

namespace thimble {
namespace {

// More than a page's pictures usually have.
constexpr off_t kKeptBytes = 512 * 1024;

}  // namespace

Expected<OutputBuffer> OutputBuffer::Create(std::size_t bytes) {
  THIMBLE_TRY(UniqueFd fd, CreateMemfd());
  if (::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) return FailErrno("ftruncate");
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return FailErrno("seal memfd");
  }
  return OutputBuffer(std::move(fd), bytes);
}

Expected<std::vector<std::uint8_t>> OutputBuffer::CopyOut(std::size_t offset,
                                                          std::size_t bytes) const {
  THIMBLE_CHECK(offset <= size_ && bytes <= size_ - offset);
  std::vector<std::uint8_t> copy(bytes);
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got =
        ::pread(fd_.get(), copy.data() + done, bytes - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return FailErrno("pread");
    done += static_cast<std::size_t>(got);
  }
  return copy;
}

void OutputBuffer::KeepLittle() const {
  struct stat facts {};
  constexpr blkcnt_t kBlockBytes = 512;  // of st_blocks, whatever the file system's own are
  if (::fstat(fd_.get(), &facts) != 0 || facts.st_blocks * kBlockBytes <= kKeptBytes) return;
  // Fails only where it would not matter: the memory is then used again or freed at the end.
  static_cast<void>(::fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                                static_cast<off_t>(size_)));
}

}  // namespace thimble
