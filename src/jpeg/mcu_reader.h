// Reads the MCUs of a scan in runs: all coefficients, or DC alone where no more is wanted.
//
// Thread-safety: none. Ownership: borrows the scan's bytes and tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "jpeg/mcu_tables.h"
#include "jpeg/mcu_tracks.h"
#include "jpeg/scan_bits.h"

namespace thimble {

// Blocks that follow one another in the scan, whole MCUs of them.
struct BlockRun {
  // Of a block its lowest rows, as many as are needed, or its DC alone; not dequantized, and DC as
  // the difference to the component's block before. The next block's are `step` behind them. May be
  // changed.
  std::int16_t* coefficients = nullptr;
  std::ptrdiff_t step = 0;
  std::size_t blocks = 0;

  std::int16_t* block(std::size_t index) const {
    return coefficients + static_cast<std::ptrdiff_t>(index) * step;
  }
  BlockRun First(std::size_t count) const { return {coefficients, step, count}; }
  BlockRun From(std::size_t index) const { return {block(index), step, blocks - index}; }
};

class McuReader {
 public:
  // In parts, of which all but the first can be empty.
  using McuRun = std::array<BlockRun, 2>;

  McuReader(ByteSpan scan, const McuTables& tables);

  // Goes on at the start of other data: behind a restart marker.
  void Restart(ByteSpan data) {
    bits_.Restart(data);
    next_bit_ = 0;
  }

  // At least one MCU, or none where the data are damaged or missing; valid until the next call.
  // Behind the picture's last MCU a run may hold nonsense.
  McuRun ReadRun();

 private:
  using Tracks = std::variant<McuTracks<BlockFinder>, McuTracks<BlockReader<2>>,
                              McuTracks<BlockReader<4>>, McuTracks<BlockReader<8>>>;

  static Tracks TracksFor(const McuTables& tables);
  template <class Reader>
  McuRun Read(McuTracks<Reader>& tracks);
  McuRun Read(McuTracks<BlockFinder>& tracks);

  const McuTables& tables_;
  ScanBits bits_;
  std::size_t next_bit_ = 0;  // where the next run begins
  Tracks tracks_;
  BlockFinder finder_;
  std::vector<std::int16_t> dc_;  // in a run of the finder
};

}  // namespace thimble
