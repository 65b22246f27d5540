// Reads the MCUs of a scan in runs, from two places at once.
//
// The lead reads where the last run ended. The scout starts at a guess ahead, inside some code, and
// reads nonsense at first. But Huffman codes synchronize themselves: after some hundred codes it
// reads what is there, down to the right block of the MCU. When the lead comes to a place between
// MCUs that the scout came by too, the scout's MCUs from there on are the true ones, and the run
// goes on with them. When it never does, the lead's MCUs are a run of their own, and nothing was
// lost but time. (S. T. Klein and Y. Wiseman, "Parallel Huffman decoding with applications to JPEG
// files", The Computer Journal 46(5), 2003: there for two processors, here to keep one busy.)
//
// Thread-safety: none. Ownership: borrows the scan's bytes and tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "jpeg/block_reader.h"
#include "jpeg/mcu_tables.h"
#include "jpeg/scan_bits.h"

namespace thimble {

// MCUs that follow one another, block by block, in two parts.
struct McuRun {
  std::span<CoefficientBlock> first;
  std::span<CoefficientBlock> second;
};

class McuReader {
 public:
  McuReader(ByteSpan scan, const McuTables& tables);

  // Goes on at the start of other data: behind a restart marker.
  void Restart(ByteSpan data) {
    bits_.Restart(data);
    next_bit_ = 0;
  }

  // At least one MCU, or none where the data are damaged or missing; valid until the next call. The
  // caller may change the blocks. Behind the picture's last MCU a run may hold nonsense.
  McuRun ReadRun();

 private:
  // One of the two places, and what was read there.
  struct Track {
    std::vector<CoefficientBlock> blocks;
    ReadingPlace place;
    std::size_t begin_bit = 0;
    std::size_t joint_mcu = 0;  // MCUs before the joint

    void Begin(std::size_t bit, const McuTables& tables);
    std::size_t BlocksRead() const { return static_cast<std::size_t>(place.block - blocks.data()); }
  };

  bool ReadUntilJoined();
  void ReadLeadAlone();
  bool FindJoint();
  bool HasRoom(const Track& track) const;
  std::size_t WholeMcus(const Track& track) const { return track.BlocksRead() / blocks_in_mcu_; }
  std::size_t EndBit(const Track& track, std::size_t mcus) const;
  std::span<CoefficientBlock> Take(Track& track, std::size_t first_mcu, std::size_t end_mcu);

  BlockReader reader_;
  const McuTables& tables_;
  std::size_t blocks_in_mcu_;
  ScanBits bits_;
  std::size_t next_bit_ = 0;  // where the next run begins
  std::size_t bits_a_block_;  // as in the last run
  Track lead_;
  Track scout_;
};

}  // namespace thimble
