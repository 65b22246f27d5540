#include "base/memfd.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>

namespace thimble {

Expected<UniqueFd> CreateMemfd() {
#ifdef MFD_NOEXEC_SEAL
  UniqueFd sealed_noexec(
      ::memfd_create("thimble", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL));
  if (sealed_noexec) return sealed_noexec;  // kernels before 6.3 answer EINVAL
#endif
  UniqueFd fd(::memfd_create("thimble", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return FailErrno("memfd_create");
  return fd;
}

Expected<SealedBytesWriter> SealedBytesWriter::Create(std::size_t max_bytes) {
  SealedBytesWriter writer(max_bytes);
  THIMBLE_TRY(writer.fd_, CreateMemfd());
  return writer;
}

Expected<SealedBytesWriter> SealedBytesWriter::CreateFor(std::size_t announced_bytes) {
  if (announced_bytes > kMaxShortBytes) return Create(announced_bytes);
  SealedBytesWriter writer(announced_bytes);
  writer.own_.reset(new (std::nothrow) std::uint8_t[announced_bytes]);  // callers may be C's
  if (!writer.own_) return FailErrno("memory for an original");
  return writer;
}

Status SealedBytesWriter::Append(ByteSpan bytes) {
  if (bytes.size() > max_bytes_ - size_) return Fail(ErrorCode::kOriginalTooLarge);
  if (own_) {
    std::copy(bytes.begin(), bytes.end(), own_.get() + size_);
    size_ += bytes.size();
    return {};
  }
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return FailErrno("write to memfd");
    size_ += static_cast<std::size_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Expected<SealedBytes> SealedBytesWriter::Seal() && {
  if (own_) return SealedBytes(std::move(own_), size_);
  // Nothing maps this memory for writing, and after this seal nothing can. F_SEAL_WRITE would say
  // the same, but it looks for holders of any page, waits for them up to 150 ms and fails with
  // EBUSY, even where the holder is only the kernel, which moves or reclaims memory.
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;
  if (::fcntl(fd_.get(), F_ADD_SEALS, kSeals) != 0) return FailErrno("seal memfd");
  return SealedBytes(std::move(fd_), size_);
}

Expected<SealedBytes> SealedBytesFromFile(const std::string& path, std::size_t max_bytes) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return FailErrno("open " + path);
  THIMBLE_TRY(SealedBytesWriter writer, SealedBytesWriter::Create(max_bytes));
  std::array<std::uint8_t, 65536> chunk;
  for (;;) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FailErrno("read " + path);
    if (got == 0) return std::move(writer).Seal();
    if (Status s = writer.Append({chunk.data(), static_cast<std::size_t>(got)}); !s)
      return Forward(s);
  }
}

Expected<SealedBytes> SealedBytesFrom(ByteSpan bytes) {
  THIMBLE_TRY(SealedBytesWriter writer, SealedBytesWriter::CreateFor(bytes.size()));
  if (Status s = writer.Append(bytes); !s) return Forward(s);
  return std::move(writer).Seal();
}

}  // namespace thimble
