#include "jpeg/unstuffed_data.h"

#include <gtest/gtest.h>

#include <vector>

namespace thimble {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes Unstuffed(const Bytes& stuffed) {
  const auto data = UnstuffedData::Create(stuffed, 8);
  EXPECT_EQ(Bytes(data->begin() + data->size(), data->begin() + data->size() + 8), Bytes(8, 0));
  return {data->begin(), data->begin() + data->size()};
}

TEST(UnstuffedData, LeavesStuffedZerosOutAndIsFollowedByZeros) {
  EXPECT_EQ(Unstuffed({1, 0xFF, 0, 2, 0xFF, 0, 0xFF, 0, 0}), (Bytes{1, 0xFF, 2, 0xFF, 0xFF, 0}));
  EXPECT_EQ(Unstuffed({7, 0xFF}), Bytes{7});  // data or a marker: what follows is missing
  EXPECT_EQ(Unstuffed({}), Bytes{});
}

}  // namespace
}  // namespace thimble
