#include "service/permits.h"

#include <utility>

namespace thimble {

Permits::Permit::~Permit() {
  if (!room_) return;
  if (room_->waiters.empty()) {
    ++room_->free;
  } else {
    room_->waiters.WakeOne();  // the place goes straight to the next
  }
}

Permits::Permits(int at_once, int max_waiting)
    : room_(std::make_shared<Room>()), at_once_(at_once), max_waiting_(max_waiting) {
  room_->free = at_once;
}

boost::asio::awaitable<Expected<Permits::Permit>> Permits::Acquire(Deadline deadline) {
  const std::shared_ptr<Room> room = room_;
  if (room->free > 0) {
    --room->free;
    co_return Permit(room);
  }
  if (waiting() >= max_waiting_) co_return Fail(ErrorCode::kOverloaded, "too many wait already");
  const bool handed_over = co_await room->waiters.Wait(deadline);
  if (!handed_over) co_return Fail(ErrorCode::kDeadlineExceeded, "waiting for a permit");
  co_return Permit(room);
}

int Permits::in_use() const { return at_once_ - room_->free; }
int Permits::waiting() const { return static_cast<int>(room_->waiters.size()); }

}  // namespace thimble
