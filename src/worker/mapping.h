// A memfd mapped into the worker, after looking that its seals make that safe.
//
// Thread-safety: none; move it. Ownership: unmaps on destruction. Errors: kSystem when the memfd is
// not what the job says, kImageTooCostly when there is no address space left.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/error.h"

namespace thimble {

class Mapping {
 public:
  // The original: nobody can change, shrink or grow it while it is parsed in place.
  static Expected<Mapping> OfSealedSource(int fd, std::size_t bytes);
  // The worker's inbox: nobody but the server can change it, which does so between batches.
  static Expected<Mapping> OfInbox(int fd);
  // The result: nobody can shrink it while it is written.
  static Expected<Mapping> OfOutput(int fd, std::size_t bytes);

  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&&) = delete;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  ByteSpan bytes() const { return bytes_; }
  MutableByteSpan mutable_bytes() { return bytes_; }

 private:
  explicit Mapping(MutableByteSpan bytes) : bytes_(bytes) {}

  MutableByteSpan bytes_;
};

}  // namespace thimble
