#include "jpeg/scan_bits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace thimble {
namespace {

using Bytes = std::vector<std::uint8_t>;

// The window's bytes from the one that holds `bit` on.
Bytes WindowOf(const ScanBits& bits) { return {bits.data(), bits.data() + bits.bits() / 8}; }

TEST(ScanBits, LeavesStuffedZerosOut) {
  const Bytes scan = {1, 0xFF, 0, 2, 0xFF, 0, 0xFF, 0, 0};
  EXPECT_EQ(WindowOf(ScanBits(scan, 64)), (Bytes{1, 0xFF, 2, 0xFF, 0xFF, 0}));
}

TEST(ScanBits, EndsAtAMarkerAndAtTheEndOfData) {
  EXPECT_EQ(WindowOf(ScanBits(Bytes{1, 2, 0xFF, 0xD9, 3, 4}, 64)), (Bytes{1, 2}));
  EXPECT_EQ(WindowOf(ScanBits(Bytes{1, 2, 0xFF}, 64)), (Bytes{1, 2}));
  EXPECT_EQ(WindowOf(ScanBits(Bytes{}, 64)), Bytes{});
}

TEST(ScanBits, IsFollowedByZeros) {
  const ScanBits bits(Bytes(5, 0xAB), 64);
  EXPECT_TRUE(std::all_of(bits.data() + 5, bits.data() + 5 + ScanBits::kPadding,
                          [](std::uint8_t byte) { return byte == 0; }));
}

TEST(ScanBits, ShowsEveryByteOnceWhereverTheWindowEnds) {
  Bytes scan;
  Bytes plain;
  for (int i = 0; i < 2000; ++i) {
    const auto byte = static_cast<std::uint8_t>(i % 7 == 0 ? 0xFF : i * 37 % 255);
    plain.push_back(byte);
    scan.push_back(byte);
    if (byte == 0xFF) scan.push_back(0);
  }
  for (const std::size_t window : {16U, 63U, 64U, 65U}) {
    ScanBits bits(scan, window);
    Bytes seen;
    while (bits.bits() > 0 && seen.size() <= plain.size()) {
      const std::size_t step = std::min<std::size_t>(bits.bits() / 8, 5);
      seen.insert(seen.end(), bits.data(), bits.data() + step);
      EXPECT_EQ(bits.MoveTo(8 * step + 3), 3U);
    }
    EXPECT_EQ(seen, plain) << window;
  }
}

}  // namespace
}  // namespace thimble
