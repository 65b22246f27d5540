// Bytes in anonymous memory that another process can read and nobody can change any more.
//
// An origin writes a fetched original into a MemfdWriter, seals it, and a worker maps the result.
// The seals are what makes it safe to parse in place: an unsealed memfd can be truncated under the
// reader (SIGBUS) or rewritten.
//
// Thread-safety: MemfdWriter is for one thread at a time; SealedBytes is immutable.
// Errors: kSystem; kOriginalTooLarge from Append when the cap would be passed.
#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace thimble {

// Empty, closed on exec, not executable where the kernel knows that, open to seals.
Expected<UniqueFd> CreateMemfd();

class SealedBytes {
 public:
  SealedBytes() = default;
  SealedBytes(UniqueFd fd, std::size_t size) : fd_(std::move(fd)), size_(size) {}

  int fd() const { return fd_.get(); }
  std::size_t size() const { return size_; }

 private:
  UniqueFd fd_;
  std::size_t size_ = 0;
};

class MemfdWriter {
 public:
  static Expected<MemfdWriter> Create(std::size_t max_bytes);

  Status Append(ByteSpan bytes);
  std::size_t size() const { return size_; }
  std::size_t max_bytes() const { return max_bytes_; }
  int fd() const { return fd_.get(); }

  // Ends writing: nobody can shrink, grow or change the bytes after this.
  Expected<SealedBytes> Seal() &&;

 private:
  MemfdWriter(UniqueFd fd, std::size_t max_bytes) : fd_(std::move(fd)), max_bytes_(max_bytes) {}

  UniqueFd fd_;
  std::size_t size_ = 0;
  std::size_t max_bytes_ = 0;
};

// The bytes of a file or a buffer as sealed memory; kOriginalTooLarge over `max_bytes`.
Expected<SealedBytes> SealedBytesFromFile(const std::string& path, std::size_t max_bytes);
Expected<SealedBytes> SealedBytesFrom(ByteSpan bytes);

}  // namespace thimble
