// The memfd that a worker writes its batches' results into.
//
// It serves all of a worker's batches, since fresh pages cost more than what is written to them.
// Its size is fixed by seals before the worker sees it. The worker may go on writing for as long as
// it likes, so the bytes are copied out and only the copy is looked at.
//
// Thread-safety: one thread. Errors: kSystem.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"

namespace thimble {

class OutputBuffer {
 public:
  static Expected<OutputBuffer> Create(std::size_t bytes);

  int fd() const { return fd_.get(); }
  std::size_t size() const { return size_; }

  // `bytes` of it from `offset` on, no further than size().
  Expected<std::vector<std::uint8_t>> CopyOut(std::size_t offset, std::size_t bytes) const;
  // Between batches: gives large results' memory back to the system.
  void KeepLittle() const;

 private:
  OutputBuffer(UniqueFd fd, std::size_t size) : fd_(std::move(fd)), size_(size) {}

  UniqueFd fd_;
  std::size_t size_;
};

}  // namespace thimble
