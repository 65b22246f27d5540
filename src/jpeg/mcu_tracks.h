// Steps through the MCUs of a scan in runs, from several places at once.
//
// The first track reads from where the last run ended. Each of the others is speculative: it starts
// at a guessed place further ahead, in the middle of a code, and reads nonsense at first. But
// Huffman codes synchronize themselves: after some hundred codes the track reads the true codes,
// and knows which block of the MCU it is in. When the track before it reaches a place between MCUs
// that the speculative one has been at too, the latter's MCUs from there on are true, and the run
// goes on with them. When that never happens, the run consists of the MCUs before, and only time
// was lost. (S. T. Klein and Y. Wiseman, "Parallel Huffman decoding with applications to JPEG
// files", The Computer Journal 46(5), 2003: there for two processors, here to keep one busy.)
//
// Thread-safety: none. Ownership: borrows the ring.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "jpeg/block_finder.h"
#include "jpeg/block_reader.h"
#include "jpeg/scan_bits.h"

namespace thimble {

// Reader: BlockReader<2>, <4>, <8> or BlockFinder.
template <class Reader>
class McuTracks {
 public:
  using Place = typename Reader::Place;
  using Block = typename Place::Block;
  using Ring = std::span<const RingEntry<typename Place::Table>>;
  // Whole MCUs, block by block, and where the first one begins.
  struct Part {
    std::size_t first_bit = 0;
    std::span<Block> blocks;
  };
  // Each goes on where the one before it ends; all but the first can be empty.
  using Run = std::array<Part, Reader::kPlaces>;

  // `ring` tells how an MCU's blocks are read.
  McuTracks(const Reader& reader, Ring ring);

  // From `first_bit` on, the MCUs before the first damaged one: none where data are damaged or
  // missing. Valid until the next call; the caller may change the blocks. Behind the picture's last
  // MCU there may be nonsense.
  Run Read(const ScanBits& bits, std::size_t first_bit);

 private:
  // One of the places, and what was read there.
  struct Track {
    std::vector<Block> blocks;
    Place place;
    std::size_t begin_bit = 0;
    std::size_t first_mcu = 0;  // that is a true one
    std::size_t end_mcu = 0;    // from where on they are those of the next track

    std::size_t BlocksRead() const { return static_cast<std::size_t>(place.block - blocks.data()); }
  };

  void Begin(Track& track, std::size_t bit) const;
  std::size_t ReadUntilJoined(const ScanBits& bits);
  void ReadFirstAlone(const ScanBits& bits, std::size_t until_bit);
  bool FindJoint(Track& track, Track& next) const;
  bool HasRoom(const ScanBits& bits, const Track& track) const;
  std::size_t WholeMcus(const Track& track) const { return track.BlocksRead() / ring_.size(); }
  std::size_t EndBit(const Track& track, std::size_t mcus) const;
  std::span<Block> Blocks(Track& track) const;
  Part Take(const ScanBits& bits, Track& track) const;

  Reader reader_;
  Ring ring_;
  std::size_t bits_a_block_;  // as in the last run
  std::array<Track, Reader::kPlaces> tracks_;
};

extern template class McuTracks<BlockReader<2>>;
extern template class McuTracks<BlockReader<4>>;
extern template class McuTracks<BlockReader<8>>;
extern template class McuTracks<BlockFinder>;

}  // namespace thimble
