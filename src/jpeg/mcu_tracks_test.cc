#include "jpeg/mcu_tracks.h"

#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <algorithm>

#include "jpeg/scan_test_support.h"

namespace thimble {
namespace {

constexpr std::size_t kBlocks = 30000;

struct Runs {
  int all = 0;
  int joined = 0;  // from all places
};

BlockEnd EndOf(BlockEnd end) { return end; }
template <int kRows>
BlockEnd EndOf(const CoefficientBlock<kRows>& block) {
  return block.end;
}

template <class Reader>
Runs CountRuns(ScanForTest& scan, McuTracks<Reader> tracks) {
  Runs runs;
  ScanBits bits(scan.bytes(), 64 * 1024);
  std::size_t bit = 0;
  for (std::size_t read = 0; read < kBlocks;) {
    bit = bits.MoveTo(bit);
    const auto run = tracks.Read(bits, bit);
    if (run.front().blocks.empty()) break;
    ++runs.all;
    if (!run.back().blocks.empty()) ++runs.joined;
    for (const auto& part : run) {
      if (part.blocks.empty()) continue;
      EXPECT_EQ(part.first_bit, bit);
      read += part.blocks.size();
      bit = EndOf(part.blocks.back()).bit();
    }
  }
  return runs;
}

class McuTracksTest : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(McuTracksTest);

// Otherwise the other places would cost time instead of saving it.
TEST_P(McuTracksTest, JoinsItsPlacesInNearlyEveryRun) {
  // All with an end-of-block code, as in photographs: without them, runs end early now and then.
  ScanForTest scan(RandomBlocks(kBlocks, 63));
  const McuTables all = scan.tables(8);
  const McuTables dc = scan.tables(1);
  for (const Runs& runs : {CountRuns(scan, McuTracks(BlockReaderForThisCpu<2>(), all.reading())),
                           CountRuns(scan, McuTracks(BlockReaderForThisCpu<8>(), all.reading())),
                           CountRuns(scan, McuTracks(BlockFinderForThisCpu(), dc.finding()))}) {
    EXPECT_GT(runs.all, 5);
    EXPECT_GE(runs.joined, runs.all - 3);
  }
}

}  // namespace
}  // namespace thimble
