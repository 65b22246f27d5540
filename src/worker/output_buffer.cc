#include "worker/output_buffer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/memfd.h"

namespace thimble {

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

}  // namespace thimble
