#include "jpeg/mcu_reader.h"

#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "jpeg/scan_test_support.h"
#include "jpeg/zigzag.h"

namespace thimble {
namespace {

// Of each block all coefficients, or DC.
using Coefficients = std::array<std::int16_t, 64>;

// Rows come whole: of 2, 4 or 8 of them.
int ValuesRead(int side) { return side == 1 ? 1 : side <= 2 ? 16 : side <= 4 ? 32 : 64; }

std::vector<Coefficients> ReadAll(ScanForTest& scan, std::size_t count, int side = 8) {
  std::vector<Coefficients> read;
  const McuTables tables = scan.tables(side);
  McuReader reader(scan.bytes(), tables);
  while (read.size() < count) {
    const McuReader::McuRun run = reader.ReadRun();
    if (run.front().blocks == 0) break;
    for (const BlockRun& part : run) {
      for (std::size_t i = 0; i < part.blocks; ++i) {
        std::copy_n(part.block(i), ValuesRead(side), read.emplace_back().begin());
      }
    }
  }
  read.resize(std::min(read.size(), count));
  return read;
}

bool SameCoefficients(const Coefficients& read, const QuantizedBlock& written, int last_dc,
                      int side) {
  for (std::size_t i = 1; i < kZigzag.size(); ++i) {
    if (kZigzag[i] >= ValuesRead(side)) continue;
    const bool is_zero = (written.nonzero >> i & 1) == 0;
    if (read[kZigzag[i]] != (is_zero ? 0 : written.values[i])) return false;
  }
  return read[0] == written.values[0] - last_dc;
}

class McuReaderTest : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(McuReaderTest);

TEST_P(McuReaderTest, ReadsWhatWasWritten) {
  for (const std::size_t count : {1U, 2U, 500U, 3000U, 30000U}) {
    const std::vector<QuantizedBlock> written = RandomBlocks(count);
    ScanForTest scan(written);
    for (const int side : {1, 2, 3, 5, 8}) {
      const std::vector<Coefficients> read = ReadAll(scan, count, side);
      ASSERT_EQ(read.size(), count);
      int last_dc = 0;
      for (std::size_t i = 0; i < count; ++i) {
        ASSERT_TRUE(SameCoefficients(read[i], written[i], last_dc, side))
            << i << " of " << count << ", side " << side;
        last_dc = written[i].values[0];
      }
    }
  }
}

TEST_P(McuReaderTest, ReadsNothingBeyondTheEndOfTheData) {
  const std::vector<QuantizedBlock> written = RandomBlocks(5000);
  ScanForTest scan(written);
  scan.bytes().resize(scan.bytes().size() / 2);
  for (const int side : {1, 2, 4, 8}) {
    const std::vector<Coefficients> read = ReadAll(scan, written.size(), side);
    EXPECT_GT(read.size(), 2000U);
    EXPECT_LT(read.size(), 3000U);
  }
}

}  // namespace
}  // namespace thimble
