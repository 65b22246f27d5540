#include "jpeg/mcu_tracks.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace thimble {
namespace {

constexpr int kSteps = 66;  // between two looks at where the places are
static_assert(kSteps * kMaxBitsAStep / 8 + 8 <= ScanBits::kPadding);

constexpr std::size_t kFirstGuess = 40;  // bits a block
// Less is not worth a speculative track, which needs some kilobits to synchronize.
constexpr std::size_t kLeastBitsAhead = std::size_t{8} * 1024;

template <int kRows>
BlockEnd EndOf(const CoefficientBlock<kRows>& block) {
  return block.end;
}
BlockEnd EndOf(BlockEnd end) { return end; }

// From a track's begin to the next one's. What all places read in a run should stay in the
// second-level cache, and be long against what a speculative track needs to
// synchronize.
template <class Block>
constexpr std::size_t kBlocksAhead = 512;
template <>
constexpr std::size_t kBlocksAhead<BlockEnd> = 1024;

template <class Block>
constexpr std::size_t kMaxBlocks = 2 * kBlocksAhead<Block>;

}  // namespace

template <class Reader>
McuTracks<Reader>::McuTracks(const Reader& reader, Ring ring)
    : reader_(reader), ring_(ring), bits_a_block_(kFirstGuess) {
  static_assert(kSteps % Reader::kStepsARefill == 0);
  for (Track& track : tracks_) track.blocks.resize(kMaxBlocks<Block>);
}

template <class Reader>
void McuTracks<Reader>::Begin(Track& track, std::size_t bit) const {
  if constexpr (!std::is_same_v<Block, BlockEnd>) {
    // Only what is not zero is written. All at once: block by block takes twice the time.
    static_assert(std::is_trivially_copyable_v<Block>);
    if (track.place.block != nullptr) {
      std::memset(static_cast<void*>(track.blocks.data()), 0,
                  (track.BlocksRead() + 1) * sizeof(Block));
    }
  }
  track.place = AtStartOfMcu<Place>(ring_, track.blocks.data(), bit);
  track.begin_bit = bit;
  track.first_mcu = 0;
  track.end_mcu = 0;
}

template <class Reader>
McuTracks<Reader>::Run McuTracks<Reader>::Read(const ScanBits& bits, std::size_t first_bit) {
  const std::size_t bits_left = bits.bits() > first_bit ? bits.bits() - first_bit : 0;
  const std::size_t ahead =
      std::min(bits_a_block_ * kBlocksAhead<Block>, bits_left / tracks_.size());
  for (std::size_t i = 0; i < tracks_.size(); ++i) Begin(tracks_[i], first_bit + i * ahead);
  const std::size_t joined = ahead >= kLeastBitsAhead ? ReadUntilJoined(bits) : 0;
  if (joined == 0) ReadFirstAlone(bits, first_bit + std::max(ahead, kLeastBitsAhead));
  tracks_[joined].end_mcu = WholeMcus(tracks_[joined]);

  Run run;
  std::size_t blocks = 0;
  std::size_t end_bit = first_bit;
  for (std::size_t i = 0; i <= joined; ++i) {
    run[i] = Take(bits, tracks_[i]);
    blocks += run[i].blocks.size();
    if (!run[i].blocks.empty()) end_bit = EndOf(run[i].blocks.back()).bit();
    if (run[i].blocks.size() < Blocks(tracks_[i]).size()) break;  // damaged
  }
  if (blocks > 0) bits_a_block_ = (end_bit - first_bit) / blocks + 1;
  return run;
}

// Gives how many tracks have been joined to the first, each by way of those before it.
template <class Reader>
std::size_t McuTracks<Reader>::ReadUntilJoined(const ScanBits& bits) {
  const auto has_room = [&](const Track& track) { return HasRoom(bits, track); };
  std::array<Place, Reader::kPlaces> places;
  std::ranges::transform(tracks_, places.begin(), &Track::place);
  std::size_t joined = 0;
  while (joined + 1 < tracks_.size() && std::ranges::all_of(tracks_, has_room)) {
    reader_.read_in_turns(bits.data(), places, kSteps);
    for (std::size_t i = 0; i < tracks_.size(); ++i) tracks_[i].place = places[i];
    while (joined + 1 < tracks_.size() && FindJoint(tracks_[joined], tracks_[joined + 1])) ++joined;
  }
  return joined;
}

// One MCU at least; and not far, for the next run has speculative tracks again.
template <class Reader>
void McuTracks<Reader>::ReadFirstAlone(const ScanBits& bits, std::size_t until_bit) {
  Track& first = tracks_.front();
  while (HasRoom(bits, first) && (first.place.bit() < until_bit || WholeMcus(first) == 0)) {
    reader_.read(bits.data(), first.place, kSteps);
  }
}

// Goes on where it left off.
template <class Reader>
bool McuTracks<Reader>::FindJoint(Track& track, Track& next) const {
  track.end_mcu = std::max(track.end_mcu, track.first_mcu);
  const std::size_t mcus = WholeMcus(track);
  const std::size_t next_mcus = WholeMcus(next);
  while (track.end_mcu <= mcus && next.first_mcu <= next_mcus) {
    const std::size_t bit = EndBit(track, track.end_mcu);
    const std::size_t next_bit = EndBit(next, next.first_mcu);
    if (bit == next_bit) return true;
    ++(bit < next_bit ? track.end_mcu : next.first_mcu);
  }
  return false;
}

template <class Reader>
bool McuTracks<Reader>::HasRoom(const ScanBits& bits, const Track& track) const {
  return track.place.bit() < bits.bits() && track.BlocksRead() + kSteps < track.blocks.size();
}

// Where the first `mcus` MCUs of a track end.
template <class Reader>
std::size_t McuTracks<Reader>::EndBit(const Track& track, std::size_t mcus) const {
  return mcus == 0 ? track.begin_bit : EndOf(track.blocks[mcus * ring_.size() - 1]).bit();
}

// Those that are a track's own.
template <class Reader>
std::span<typename McuTracks<Reader>::Block> McuTracks<Reader>::Blocks(Track& track) const {
  return std::span(track.blocks)
      .subspan(track.first_mcu * ring_.size(), (track.end_mcu - track.first_mcu) * ring_.size());
}

template <class Reader>
McuTracks<Reader>::Part McuTracks<Reader>::Take(const ScanBits& bits, Track& track) const {
  const std::span<Block> all = Blocks(track);
  const auto is_sound = [end_bit = static_cast<std::uint32_t>(bits.bits())](const Block& block) {
    return EndOf(block).is_sound(end_bit);
  };
  // Mostly all are, which is seen faster without stopping at one that is not.
  std::uint32_t damaged = 0;
  for (const Block& block : all) damaged |= static_cast<std::uint32_t>(!is_sound(block));
  std::size_t sound = all.size();
  if (damaged != 0) {
    sound = static_cast<std::size_t>(std::ranges::find_if_not(all, is_sound) - all.begin());
  }
  return {EndBit(track, track.first_mcu), all.first(sound - sound % ring_.size())};
}

template class McuTracks<BlockReader<2>>;
template class McuTracks<BlockReader<4>>;
template class McuTracks<BlockReader<8>>;
template class McuTracks<BlockFinder>;

}  // namespace thimble
