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
  // Where the first begins in the reader's bits, and where they end, `end_step` bytes apart.
  std::size_t first_bit = 0;
  const BlockEnd* first_end = nullptr;
  std::ptrdiff_t end_step = 0;

  std::int16_t* block(std::size_t index) const {
    return coefficients + static_cast<std::ptrdiff_t>(index) * step;
  }
  // The bit that a block begins with; also of the one behind the last.
  std::size_t BeginOf(std::size_t index) const {
    return index == 0 ? first_bit : EndOf(index - 1)->bit();
  }
  BlockRun First(std::size_t count) const {
    BlockRun run = *this;
    run.blocks = count;
    return run;
  }
  BlockRun From(std::size_t index) const {
    return {block(index), step, blocks - index, BeginOf(index), EndOf(index), end_step};
  }

 private:
  const BlockEnd* EndOf(std::size_t index) const {
    return reinterpret_cast<const BlockEnd*>(reinterpret_cast<const std::byte*>(first_end) +
                                             static_cast<std::ptrdiff_t>(index) * end_step);
  }
};

class McuReader {
 public:
  // In parts, of which all but the first can be empty.
  using McuRun = std::array<BlockRun, 3>;

  McuReader(ByteSpan scan, const McuTables& tables);

  // Goes on at the start of other data: behind a restart marker.
  void Restart(ByteSpan data) {
    bits_.Restart(data);
    next_bit_ = 0;
  }

  // At least one MCU, or none where the data are damaged or missing; valid until the next call.
  // Behind the picture's last MCU a run may hold nonsense.
  McuRun ReadRun();
  // What the blocks of the last run begin and end in. It may be read some way beyond its end:
  // ScanBits::kPadding.
  const std::uint8_t* bits() const { return bits_.data(); }

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
