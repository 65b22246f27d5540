#include "jpeg/progression.h"

#include <gtest/gtest.h>

#include <utility>

namespace thimble {
namespace {

ProgressiveScan Scan(std::vector<std::size_t> components, int first, int last, int before,
                     int low) {
  ProgressiveScan scan;
  scan.codes.resize(first == 0 && before > 0 ? 0 : components.size());
  scan.components = std::move(components);
  scan.first = first;
  scan.last = last;
  scan.bit_before = before;
  scan.low_bit = low;
  return scan;
}

// Of three components, the first of 2x2 blocks.
bool IsLegal(std::vector<ProgressiveScan> scans) {
  return IsLegalProgression({.components = {{2, 2, {3, 3}}, {1, 1, {2, 2}}, {1, 1, {2, 2}}},
                             .mcus_across = 2,
                             .mcus_down = 2,
                             .scans = std::move(scans)});
}

TEST(Progression, IsLegalWhenEachScanAddsToTheLast) {
  EXPECT_TRUE(IsLegal({Scan({0, 1, 2}, 0, 0, 0, 0)}));
  EXPECT_TRUE(IsLegal({Scan({2}, 0, 0, 0, 0), Scan({0, 1}, 0, 0, 0, 1), Scan({0}, 0, 0, 1, 0)}));
  EXPECT_TRUE(IsLegal({Scan({0, 1, 2}, 0, 0, 0, 0), Scan({0}, 1, 9, 0, 2), Scan({0}, 10, 63, 0, 2),
                       Scan({0}, 5, 63, 2, 1)}));
}

TEST(Progression, NeedsTheDcOfEveryComponentAndBeforeItsAc) {
  EXPECT_FALSE(IsLegal({}));
  EXPECT_FALSE(IsLegal({Scan({0, 2}, 0, 0, 0, 0)}));
  EXPECT_FALSE(IsLegal({Scan({0}, 1, 63, 0, 0), Scan({0, 1, 2}, 0, 0, 0, 0)}));
}

TEST(Progression, LeavesOutAndRepeatsNoBit) {
  const ProgressiveScan dc = Scan({0, 1, 2}, 0, 0, 0, 1);
  EXPECT_FALSE(IsLegal({dc, dc}));
  EXPECT_FALSE(IsLegal({dc, Scan({0}, 0, 0, 2, 1)}));
  EXPECT_FALSE(IsLegal({dc, Scan({0}, 1, 63, 0, 2), Scan({0}, 1, 63, 2, 0)}));
  EXPECT_FALSE(IsLegal({dc, Scan({0}, 1, 63, 1, 0)}));
  EXPECT_FALSE(IsLegal({dc, Scan({0}, 1, 9, 0, 0), Scan({0}, 9, 63, 0, 0)}));
  EXPECT_FALSE(IsLegal({dc, Scan({0}, 1, 9, 0, 1), Scan({0}, 1, 10, 1, 0)}));
}

TEST(Progression, HasNoScansThatTheStandardForbids) {
  const ProgressiveScan dc = Scan({0, 1, 2}, 0, 0, 0, 0);
  EXPECT_FALSE(IsLegal({Scan({0, 1, 2}, 0, 63, 0, 0)}));
  EXPECT_FALSE(IsLegal({Scan({0, 1, 1}, 0, 0, 0, 0), Scan({2}, 0, 0, 0, 0)}));
  EXPECT_FALSE(IsLegal({dc, Scan({0, 1}, 1, 63, 0, 0)}));
  EXPECT_FALSE(IsLegal({dc, Scan({}, 1, 63, 0, 0)}));
  EXPECT_FALSE(IsLegal({dc, Scan({3}, 1, 63, 0, 0)}));
  EXPECT_FALSE(IsLegal({dc, Scan({0}, 9, 8, 0, 0)}));
  EXPECT_FALSE(IsLegal({dc, Scan({0}, 1, 64, 0, 0)}));
  EXPECT_FALSE(IsLegal({dc, Scan({0}, 1, 63, 0, 14)}));
}

TEST(Progression, HasNoBlocksBeyondTheMcus) {
  const ProgressivePicture picture = {.components = {{1, 1, {3, 2}}},
                                      .mcus_across = 2,
                                      .mcus_down = 2,
                                      .scans = {Scan({0}, 0, 0, 0, 0)}};
  EXPECT_FALSE(IsLegalProgression(picture));
}

}  // namespace
}  // namespace thimble
