// Memory through which one worker gets short originals: written by the server, read by the worker.
//
// Its pages and both mappings serve all of the worker's batches, which is what makes it cheap: a
// fresh page costs the kernel more than copying ten. The worker can neither write it nor change its
// size, whatever it does: from Create on, seals leave this mapping the only one that can. It sees
// there what it is given and nothing of any other worker's. Behind an original there are zeros, not
// the rest of a longer one before it: a decoder that reads too far shall find nothing. Only to be
// filled while the worker has no batch, for it parses in place.
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
