// A running mean of how long a thing takes.
#pragma once

#include <chrono>
#include <cstdint>

namespace thimble {

class TypicalTime {
 public:
  explicit TypicalTime(std::chrono::microseconds first_guess)
      : mean_(static_cast<double>(first_guess.count())) {}

  void Learn(std::chrono::microseconds took) {
    constexpr double kWeightOfLatest = 1.0 / 16;
    mean_ += (static_cast<double>(took.count()) - mean_) * kWeightOfLatest;
  }
  std::chrono::microseconds mean() const {
    return std::chrono::microseconds(static_cast<std::int64_t>(mean_));
  }

 private:
  double mean_;  // microseconds
};

}  // namespace thimble
