// One absolute moment a piece of work must be finished by. Made once where a request begins and
// passed down by value, so that no stage adds its own time-out to somebody else's.
#pragma once

#include <algorithm>
#include <chrono>

namespace thimble {

using SteadyClock = std::chrono::steady_clock;

class Deadline {
 public:
  static Deadline After(std::chrono::milliseconds span) {
    return Deadline(SteadyClock::now() + span);
  }
  static Deadline At(SteadyClock::time_point moment) { return Deadline(moment); }
  // For what ends when it is cancelled.
  static Deadline Never() { return Deadline(SteadyClock::time_point::max()); }

  SteadyClock::time_point moment() const { return moment_; }
  bool passed() const { return SteadyClock::now() >= moment_; }
  // Never negative.
  std::chrono::milliseconds remaining() const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(moment_ - SteadyClock::now());
    return std::max(left, std::chrono::milliseconds::zero());
  }
  Deadline SoonerOf(Deadline other) const { return Deadline(std::min(moment_, other.moment_)); }

 private:
  explicit Deadline(SteadyClock::time_point moment) : moment_(moment) {}
  SteadyClock::time_point moment_;
};

}  // namespace thimble
