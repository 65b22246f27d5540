// Bounds how many requests are sent a second time: a store in trouble must not get twice the load.
//
// Thread-safety: none; one thread.
#pragma once

#include <algorithm>

namespace thimble {

// One request in ten may be sent again, and 50 at once after a quiet time.
class RepeatBudget {
 public:
  void Earn() { tenths_ = std::min(tenths_ + 1, kMostTenths); }
  // False: nothing is left.
  bool Spend() {
    if (tenths_ < kPriceInTenths) return false;
    tenths_ -= kPriceInTenths;
    return true;
  }

 private:
  static constexpr int kPriceInTenths = 10;
  static constexpr int kMostTenths = 500;

  int tenths_ = kMostTenths;
};

}  // namespace thimble
