// How long to wait before trying again what has just failed: not at all the first time, then from
// 50 ms doubling to 5 s.
#pragma once

#include <algorithm>
#include <chrono>

namespace thimble {

class Backoff {
 public:
  std::chrono::milliseconds Next() {
    const auto wait = next_;
    next_ = std::clamp(next_ * 2, kFirst, kLongest);
    return wait;
  }
  void Reset() { next_ = std::chrono::milliseconds::zero(); }

 private:
  static constexpr std::chrono::milliseconds kFirst{50};
  static constexpr std::chrono::milliseconds kLongest{5000};

  std::chrono::milliseconds next_{0};
};

}  // namespace thimble
