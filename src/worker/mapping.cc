#include "worker/mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/memfd.h"

namespace thimble {
namespace {

// A memfd that is shorter than mapped, or may become so, ends its reader with SIGBUS.
Status CheckMemfd(int fd, std::size_t bytes, int needed_seals) {
  const int seals = ::fcntl(fd, F_GET_SEALS);
  if (seals < 0) return FailErrno("F_GET_SEALS");
  if ((seals & needed_seals) != needed_seals) return Fail(ErrorCode::kSystem, "seals are missing");
  const off_t size = ::lseek(fd, 0, SEEK_END);
  if (size < 0) return FailErrno("lseek");
  if (static_cast<std::size_t>(size) < bytes) return Fail(ErrorCode::kSystem, "memfd too short");
  return {};
}

Expected<MutableByteSpan> Map(int fd, std::size_t bytes, int protection, int flags) {
  if (bytes == 0) return MutableByteSpan();
  void* const start = ::mmap(nullptr, bytes, protection, flags, fd, 0);
  if (start == MAP_FAILED) {
    return FailErrno("mmap", errno == ENOMEM ? ErrorCode::kImageTooCostly : ErrorCode::kSystem);
  }
  return MutableByteSpan(static_cast<std::uint8_t*>(start), bytes);
}

}  // namespace

Expected<Mapping> Mapping::OfSealedSource(int fd, std::size_t bytes) {
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;
  if (Status s = CheckMemfd(fd, bytes, kSeals); !s) return Forward(s);
  THIMBLE_TRY(const MutableByteSpan mapped, Map(fd, bytes, PROT_READ, MAP_PRIVATE));
  return Mapping(mapped);
}

Expected<Mapping> Mapping::OfInbox(int fd) {
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;
  if (Status s = CheckMemfd(fd, kMaxShortBytes, kSeals); !s) return Forward(s);
  THIMBLE_TRY(const MutableByteSpan mapped, Map(fd, kMaxShortBytes, PROT_READ, MAP_SHARED));
  return Mapping(mapped);
}

Expected<Mapping> Mapping::OfOutput(int fd, std::size_t bytes) {
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (Status s = CheckMemfd(fd, bytes, kSeals); !s) return Forward(s);
  THIMBLE_TRY(const MutableByteSpan mapped, Map(fd, bytes, PROT_READ | PROT_WRITE, MAP_SHARED));
  return Mapping(mapped);
}

Mapping::Mapping(Mapping&& other) noexcept
    : bytes_(std::exchange(other.bytes_, MutableByteSpan())) {}

Mapping::~Mapping() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

}  // namespace thimble
