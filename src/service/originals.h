// Originals being worked on right now: fetched once, shared by all their sizes, bounded in number.
//
// An original is in memory from its fetch until nobody holds it; requests that come meanwhile share
// it. At most `at_once` originals are held or being fetched; others wait for room, and when too
// many wait they are refused. So the memory for originals is bounded, and an overload shows here.
//
//   auto original = co_await originals.Get(key, deadline);
//   if (original) ... (*original)->bytes, (*original)->validator; drop it as soon as possible
//
// A fetch goes on while anybody waits for it, but never longer than `fetch_limit`; when the last
// has gone it is cancelled and gives its place back.
//
// Thread-safety: none; one thread. Ownership: the handles may outlive this object; the Origin must
// outlive all work. Errors: those of Origin; kOverloaded; kDeadlineExceeded.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>

#include "origin/origin.h"
#include "service/coalescer.h"
#include "service/permits.h"
#include "service/typical_time.h"

namespace thimble {

struct OriginalsLimits {
  int at_once = 64;
  int max_waiting = 1024;
  std::chrono::milliseconds fetch_limit{10'000};
};

class Originals {
 public:
  using Handle = std::shared_ptr<const Original>;

  Originals(boost::asio::any_io_executor executor, Origin& origin, const OriginalsLimits& limits);

  boost::asio::awaitable<Expected<Handle>> Get(SourceKey key, Deadline deadline);
  // The validator alone; nothing is asked of the origin while the original itself is held.
  boost::asio::awaitable<Expected<SourceValidator>> Validate(SourceKey key, Deadline deadline);
  // As Validate, but the origin is asked in any case.
  boost::asio::awaitable<Expected<SourceValidator>> AskOrigin(SourceKey key, Deadline deadline);

  // For fetches that begin from now on.
  void SetFetchLimit(std::chrono::milliseconds limit) { state_->fetch_limit = limit; }

  // Of late, not counting the wait for room.
  std::chrono::microseconds typical_fetch_time() const { return state_->fetch_time.mean(); }

  int in_flight() const;
  int waiting() const;

 private:
  struct Held;
  // Shared with the work under way, which may outlive this object.
  struct State {
    State(Origin& source, const OriginalsLimits& limits)
        : origin(source),
          fetch_limit(limits.fetch_limit),
          permits(limits.at_once, limits.max_waiting) {}
    Handle Find(const std::string& key) const;

    Origin& origin;
    std::chrono::milliseconds fetch_limit;
    TypicalTime fetch_time{std::chrono::milliseconds(5)};
    Permits permits;
    std::unordered_map<std::string, std::weak_ptr<const Held>> held;
  };

  static boost::asio::awaitable<Expected<Handle>> Fetch(std::shared_ptr<State> state,
                                                        SourceKey key);

  std::shared_ptr<State> state_;
  Coalescer<Expected<Handle>> fetches_;
  Coalescer<Expected<SourceValidator>> validations_;
};

}  // namespace thimble
