#include "worker/inbox.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/memfd.h"

namespace thimble {

Expected<Inbox> Inbox::Create() {
  THIMBLE_TRY(UniqueFd fd, CreateMemfd());
  if (::ftruncate(fd.get(), static_cast<off_t>(kMaxShortBytes)) != 0) {
    return FailErrno("ftruncate");
  }
  void* const start =
      ::mmap(nullptr, kMaxShortBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (start == MAP_FAILED) return FailErrno("mmap");
  Inbox inbox(std::move(fd), {static_cast<std::uint8_t*>(start), kMaxShortBytes});
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;
  if (::fcntl(inbox.fd(), F_ADD_SEALS, kSeals) != 0) return FailErrno("seal memfd");
  return inbox;
}

Inbox::Inbox(Inbox&& other) noexcept
    : fd_(std::move(other.fd_)),
      memory_(std::exchange(other.memory_, MutableByteSpan())),
      filled_(other.filled_) {}

Inbox::~Inbox() {
  if (!memory_.empty()) ::munmap(memory_.data(), memory_.size());
}

void Inbox::Fill(ByteSpan bytes) {
  THIMBLE_CHECK(bytes.size() <= memory_.size());
  const auto end = std::copy(bytes.begin(), bytes.end(), memory_.begin());
  if (bytes.size() < filled_) std::fill_n(end, filled_ - bytes.size(), std::uint8_t{0});
  filled_ = bytes.size();
}

}  // namespace thimble
