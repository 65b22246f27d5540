// Whether a client takes its answer fast enough: no pause longer than `write_timeout` and, once
// that has passed, on the whole no slower than `min_write_rate`.
//
// What counts is what the client has acknowledged. That the kernel takes no more from us says
// little: it asks for more only when a third of its buffer is empty, which at a slow client's pace
// may take minutes.
//
// Thread-safety: none; one thread. Ownership: borrows the socket's descriptor.
#pragma once

#include <cstddef>

#include "base/deadline.h"
#include "settings/settings.h"

namespace thimble {

class WritePace {
 public:
  WritePace(const HttpSettings& http, int socket, SteadyClock::time_point now);

  // `count` bytes more have been given to the kernel.
  void NoteWritten(std::size_t count) { in_kernel_ += count; }
  // Looks what has been taken since the last look. False: the client is too slow.
  bool IsKept(SteadyClock::time_point now);
  // When to look again.
  SteadyClock::time_point next_look() const { return next_look_; }

 private:
  std::size_t LookAtKernel() const;

  const std::chrono::milliseconds time_out_;
  const std::size_t rate_;  // bytes a second; 0: any
  const int socket_;
  const SteadyClock::time_point begin_;
  SteadyClock::time_point latest_;  // when the client was last seen to have taken something
  SteadyClock::time_point next_look_;
  std::size_t in_kernel_;  // written, and not acknowledged at the last look
  std::size_t taken_ = 0;
};

}  // namespace thimble
