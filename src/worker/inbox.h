// Memory through which one worker gets short originals: written by the server, read by the worker.
//
// Its pages and both mappings are used for all of the worker's batches, which is what makes it
// cheap: a fresh page costs the kernel more time than copying ten. The worker can neither write it
// nor change its size: after Create the seals allow that to this mapping only. The worker sees what
// it is given and nothing of any other worker's. Behind an original there are zeros and not the
// rest of a longer one before it, so that a decoder that reads too far finds nothing. It may be
// filled only while the worker has no batch, because the worker parses in place.
//
// Thread-safety: one thread. Ownership: unmaps on destruction. Errors: kSystem.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace thimble {

class Inbox {
 public:
  static Expected<Inbox> Create();
  Inbox(Inbox&& other) noexcept;
  Inbox& operator=(Inbox&&) = delete;
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  ~Inbox();

  int fd() const { return fd_.get(); }
  // At most kMaxShortBytes.
  void Fill(ByteSpan bytes);

 private:
  Inbox(UniqueFd fd, MutableByteSpan memory) : fd_(std::move(fd)), memory_(memory) {}

  UniqueFd fd_;
  MutableByteSpan memory_;
  std::size_t filled_ = 0;  // behind this all are zeros
};

}  // namespace thimble
