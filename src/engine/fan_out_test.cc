#include "engine/fan_out.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

class Eater final : public BandSink {
 public:
  explicit Eater(int appetite) : appetite_(appetite) {}
  bool AcceptBand(std::span<const PlaneView>) override { return ++bands < appetite_; }
  int bands = 0;

 private:
  int appetite_;
};

TEST(FanOut, FeedsEachUntilItHasEnough) {
  Eater small(1), large(3);
  FanOut fan_out;
  fan_out.Add(small);
  fan_out.Add(large);
  EXPECT_TRUE(fan_out.AcceptBand({}));
  EXPECT_TRUE(fan_out.AcceptBand({}));
  EXPECT_EQ(small.bands, 1);
  EXPECT_FALSE(fan_out.AcceptBand({}));
  EXPECT_EQ(small.bands, 1);
  EXPECT_EQ(large.bands, 3);
}

TEST(FanOut, WithoutReceiversWantsNothing) {
  FanOut fan_out;
  EXPECT_TRUE(fan_out.empty());
  EXPECT_FALSE(fan_out.AcceptBand({}));
}

}  // namespace
}  // namespace thimble
