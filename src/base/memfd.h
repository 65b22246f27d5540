// An original's bytes, which nobody can change any more.
//
// Short ones are kept in this process's own memory, which malloc uses again for the next: fresh
// pages cost several times what copying the bytes once more does. Who hands them to a worker copies
// them into that worker's inbox (worker/inbox.h). Long ones, where memory matters more, go into
// anonymous memory that a worker maps; its seals are what makes it safe to parse in place: an
// unsealed memfd can be truncated under the reader (SIGBUS) or rewritten.
//
// Thread-safety: SealedBytesWriter is for one thread at a time; SealedBytes is immutable.
// Errors: kSystem; kOriginalTooLarge from Append when the cap would be passed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace thimble {

// Bytes up to this many are short, if their number is known before they come.
inline constexpr std::size_t kMaxShortBytes = std::size_t{2} << 20;

// Empty, closed on exec, not executable where the kernel knows that, open to seals.
Expected<UniqueFd> CreateMemfd();

class SealedBytes {
 public:
  SealedBytes() = default;
  SealedBytes(UniqueFd fd, std::size_t size) : fd_(std::move(fd)), size_(size) {}
  SealedBytes(std::unique_ptr<const std::uint8_t[]> own, std::size_t size)
      : own_(std::move(own)), size_(size) {}

  std::size_t size() const { return size_; }
  bool in_own_memory() const { return own_ != nullptr; }
  ByteSpan own_memory() const { return {own_.get(), in_own_memory() ? size_ : 0}; }
  int fd() const { return fd_.get(); }  // -1 in own memory

 private:
  std::unique_ptr<const std::uint8_t[]> own_;
  UniqueFd fd_;
  std::size_t size_ = 0;
};

class SealedBytesWriter {
 public:
  // For up to `max_bytes`.
  static Expected<SealedBytesWriter> Create(std::size_t max_bytes);
  // For as many as are announced, and no more.
  static Expected<SealedBytesWriter> CreateFor(std::size_t announced_bytes);

  Status Append(ByteSpan bytes);
  std::size_t size() const { return size_; }
  std::size_t max_bytes() const { return max_bytes_; }

  // Ends writing: nobody can shrink, grow or change the bytes after this.
  Expected<SealedBytes> Seal() &&;

 private:
  explicit SealedBytesWriter(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  std::unique_ptr<std::uint8_t[]> own_;
  UniqueFd fd_;  // if not `own_`
  std::size_t size_ = 0;
  std::size_t max_bytes_ = 0;
};

// The bytes of a file or a buffer; kOriginalTooLarge over `max_bytes`.
Expected<SealedBytes> SealedBytesFromFile(const std::string& path, std::size_t max_bytes);
Expected<SealedBytes> SealedBytesFrom(ByteSpan bytes);

}  // namespace thimble
