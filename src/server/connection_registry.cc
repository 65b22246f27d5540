#include "server/connection_registry.h"

namespace thimble {

ConnectionRegistry::Place ConnectionRegistry::Add(Connected& connection) {
  return connections_.insert(connections_.end(), &connection);
}

void ConnectionRegistry::Remove(Place place) {
  connections_.erase(place);
  removals_.WakeAll();
}

void ConnectionRegistry::TellOverdue(SteadyClock::time_point now) {
  for (Connected* connection : connections_) {
    if (now >= connection->due) connection->on_due();
  }
}

void ConnectionRegistry::AbortIdle() {
  for (Connected* connection : connections_) {
    if (connection->phase == Connected::Phase::kIdle) connection->abort();
  }
}

void ConnectionRegistry::AbortAll() {
  for (Connected* connection : connections_) connection->abort();
}

void ConnectionRegistry::RefuseAll() {
  for (Connected* connection : connections_) connection->refuse();
}

bool ConnectionRegistry::AbortLongestIdle() {
  Connected* longest = nullptr;
  for (Connected* connection : connections_) {
    if (connection->phase != Connected::Phase::kIdle) continue;
    if (longest == nullptr || connection->since < longest->since) longest = connection;
  }
  if (longest == nullptr) return false;
  longest->abort();
  return true;
}

}  // namespace thimble
