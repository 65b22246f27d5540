// For tests: a gray picture's entropy-coded scan, an MCU a block.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "jpeg/mcu_tables.h"
#include "jpeg/scan_writer.h"

namespace thimble {

// Blocks as photographs have them: some coefficients, fewer and smaller with the frequency.
inline std::vector<QuantizedBlock> RandomBlocks(std::size_t count, std::size_t end_position = 64) {
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

// What is written, and the tables that read it.
class ScanForTest {
 public:
  explicit ScanForTest(const std::vector<QuantizedBlock>& blocks) : bytes_(blocks.size() * 200) {
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

  std::vector<std::uint8_t>& bytes() { return bytes_; }
  // For reading the `side` x `side` lowest frequencies.
  McuTables tables(int side) const {
    std::array<McuComponent, 1> components = components_;
    components[0].side = side;
    return *McuTables::Create(components);
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::array<McuComponent, 1> components_;
};

}  // namespace thimble
