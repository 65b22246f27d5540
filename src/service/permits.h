// A counting semaphore for coroutines: so many may do a thing at once, a bounded number may wait.
//
// Permits are handed over in the order they were asked for.
//
// Thread-safety: none; one thread. Ownership: a Permit gives its place back when it is destroyed
// and may outlive the Permits.
// Errors: kOverloaded when too many wait already; kDeadlineExceeded, also for a caller who was
// cancelled while it waited.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "async/wait_list.h"
#include "base/deadline.h"
#include "base/error.h"

namespace thimble {

class Permits {
  struct Room;

 public:
  class Permit {
   public:
    explicit Permit(std::shared_ptr<Room> room) : room_(std::move(room)) {}
    Permit(Permit&&) noexcept = default;
    Permit& operator=(Permit&&) = delete;
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit();

   private:
    std::shared_ptr<Room> room_;  // null after a move
  };

  Permits(int at_once, int max_waiting);

  boost::asio::awaitable<Expected<Permit>> Acquire(Deadline deadline);
  int in_use() const;
  int waiting() const;

 private:
  struct Room {
    int free = 0;
    WaitList waiters;
  };
  std::shared_ptr<Room> room_;
  int at_once_;
  int max_waiting_;
};

}  // namespace thimble
