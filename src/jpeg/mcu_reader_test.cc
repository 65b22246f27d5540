#include "jpeg/mcu_reader.h"

#include <gtest/gtest.h>
#include <hwy/tests/hwy_gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "jpeg/scan_writer.h"
#include "jpeg/zigzag.h"

namespace thimble {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Blocks as photographs have them: some coefficients, fewer and smaller with the frequency.
std::vector<QuantizedBlock> RandomBlocks(std::size_t count, std::size_t end_position = 64) {
  std::mt19937 random(11);
  std::vector<QuantizedBlock> blocks(count);
  for (QuantizedBlock& block : blocks) {
    block.values[0] = static_cast<std::int16_t>(static_cast<int>(random() % 200) - 100);
    for (std::size_t i = 1; i < end_position; ++i) {
      if (random() % (2 + i) != 0) continue;
      const int size = 1 + static_cast<int>(random() % (1 + 40 / i));
      block.values[i] = static_cast<std::int16_t>(random() % 2 == 0 ? size : -size);
      block.nonzero |= std::uint64_t{1} << i;
    }
  }
  return blocks;
}

// A gray picture's scan, an MCU a block, and the tables that read it.
class Scan {
 public:
  explicit Scan(const std::vector<QuantizedBlock>& blocks) : bytes_(blocks.size() * 200) {
    ScanWriter writer;
    int last = 0;
    for (const QuantizedBlock& block : blocks) {
      writer.Add(block, block.values[0] - last, 0);
      last = block.values[0];
    }
    const std::array codes = {writer.CodesOf(0)};
    ByteWriter out(bytes_);
    writer.Write(codes, out);
    EXPECT_TRUE(out.fits());
    bytes_.resize(out.size());
    components_[0] = {.dc = codes[0].dc, .ac = codes[0].ac};
  }

  Bytes& bytes() { return bytes_; }
  McuTables tables(bool only_dc) const {
    std::array<McuComponent, 1> components = components_;
    components[0].only_dc = only_dc;
    return *McuTables::Create(components);
  }

 private:
  Bytes bytes_;
  std::array<McuComponent, 1> components_;
};

struct ReadBack {
  std::vector<CoefficientBlock> blocks;
  int runs = 0;
  int joined_runs = 0;
};

ReadBack ReadAll(Scan& scan, std::size_t count, bool only_dc = false) {
  ReadBack read;
  const McuTables tables = scan.tables(only_dc);
  McuReader reader(scan.bytes(), tables);
  while (read.blocks.size() < count) {
    const McuRun run = reader.ReadRun();
    if (run.first.empty()) break;
    ++read.runs;
    if (!run.second.empty()) ++read.joined_runs;
    for (const auto part : {run.first, run.second}) {
      read.blocks.insert(read.blocks.end(), part.begin(), part.end());
    }
  }
  read.blocks.resize(std::min(read.blocks.size(), count));
  return read;
}

bool SameCoefficients(const CoefficientBlock& read, const QuantizedBlock& written, int last_dc,
                      bool only_dc) {
  for (std::size_t i = 1; !only_dc && i < kZigzag.size(); ++i) {
    const bool is_zero = (written.nonzero >> i & 1) == 0;
    if (read.values[kZigzag[i]] != (is_zero ? 0 : written.values[i])) return false;
  }
  return read.values[0] == written.values[0] - last_dc;
}

class McuReaderTest : public hwy::TestWithParamTarget {};
HWY_TARGET_INSTANTIATE_TEST_SUITE_P(McuReaderTest);

TEST_P(McuReaderTest, ReadsWhatWasWritten) {
  for (const std::size_t count : {1U, 2U, 500U, 30000U}) {
    const std::vector<QuantizedBlock> written = RandomBlocks(count);
    Scan scan(written);
    for (const bool only_dc : {false, true}) {
      const ReadBack read = ReadAll(scan, count, only_dc);
      ASSERT_EQ(read.blocks.size(), count);
      int last_dc = 0;
      for (std::size_t i = 0; i < count; ++i) {
        ASSERT_TRUE(SameCoefficients(read.blocks[i], written[i], last_dc, only_dc))
            << i << " of " << count << (only_dc ? ", only DC" : "");
        last_dc = written[i].values[0];
      }
    }
  }
}

// Otherwise the second place would cost time instead of saving it.
TEST_P(McuReaderTest, JoinsTheTwoPlacesInNearlyEveryRun) {
  // All with an end-of-block code, as in photographs: without them, runs end early now and then.
  Scan scan(RandomBlocks(30000, 63));
  const ReadBack read = ReadAll(scan, 30000);
  EXPECT_GT(read.runs, 10);
  EXPECT_GE(read.joined_runs, read.runs - 2);
}

TEST_P(McuReaderTest, ReadsNothingBeyondTheEndOfTheData) {
  const std::vector<QuantizedBlock> written = RandomBlocks(5000);
  Scan scan(written);
  scan.bytes().resize(scan.bytes().size() / 2);
  const ReadBack read = ReadAll(scan, written.size());
  EXPECT_GT(read.blocks.size(), 2000U);
  EXPECT_LT(read.blocks.size(), 3000U);
}

}  // namespace
}  // namespace thimble
