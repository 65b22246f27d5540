#include "jpeg/mcu_reader.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace thimble {
namespace {

// What both places read in a run should stay in the second-level cache, and be long against the
// few kilobits that a scout needs to synchronize.
constexpr std::size_t kBlocksAhead = 512;  // of the scout before the lead
constexpr std::size_t kMaxBlocks = 2 * kBlocksAhead;
constexpr int kSteps = 66;  // between two looks at where the places are
static_assert(kSteps % BlockReader::kStepsARefill == 0);
static_assert(kSteps * kMaxBitsAStep / 8 + 8 <= ScanBits::kPadding);

constexpr std::size_t kWindowBytes = 64 * 1024;
constexpr std::size_t kMaxBitsAhead = 8 * kWindowBytes / 8;
static_assert(8 * (kWindowBytes + ScanBits::kPadding) <= kBitMask);
constexpr std::size_t kFirstGuess = 40;  // bits a block

}  // namespace

void McuReader::Track::Begin(std::size_t bit, const McuTables& tables) {
  // DC is written in every block.
  if (place.block != nullptr && !tables.only_dc()) {
    // All at once: block by block takes twice the time.
    static_assert(std::is_trivially_copyable_v<CoefficientBlock>);
    std::memset(blocks.data(), 0, (BlocksRead() + 1) * sizeof(CoefficientBlock));
  }
  place = AtStartOfMcu(tables.ring(), blocks.data(), bit);
  begin_bit = bit;
  joint_mcu = 0;
}

McuReader::McuReader(ByteSpan scan, const McuTables& tables)
    : reader_(BlockReaderForThisCpu()),
      tables_(tables),
      blocks_in_mcu_(tables.blocks_in_mcu()),
      bits_(scan, kWindowBytes),
      bits_a_block_(kFirstGuess) {
  lead_.blocks.resize(kMaxBlocks);
  scout_.blocks.resize(kMaxBlocks);
}

McuRun McuReader::ReadRun() {
  next_bit_ = bits_.MoveTo(next_bit_);
  const std::size_t began = next_bit_;
  const std::size_t ahead = std::min(bits_a_block_ * kBlocksAhead, kMaxBitsAhead);
  lead_.Begin(began, tables_);
  scout_.Begin(began + ahead, tables_);
  const bool joined = scout_.begin_bit < bits_.bits() && ReadUntilJoined();
  if (!joined) ReadLeadAlone();

  McuRun run;
  const std::size_t lead_mcus = joined ? lead_.joint_mcu : WholeMcus(lead_);
  run.first = Take(lead_, 0, lead_mcus);
  if (joined && run.first.size() == lead_mcus * blocks_in_mcu_) {
    run.second = Take(scout_, scout_.joint_mcu, WholeMcus(scout_));
  }
  const std::size_t blocks = run.first.size() + run.second.size();
  if (blocks > 0) bits_a_block_ = (next_bit_ - began) / blocks + 1;
  return run;
}

bool McuReader::ReadUntilJoined() {
  std::array<ReadingPlace, 2> places = {lead_.place, scout_.place};
  bool joined = false;
  while (!joined && HasRoom(lead_) && HasRoom(scout_)) {
    reader_.read_two(bits_.data(), places, kSteps);
    lead_.place = places[0];
    scout_.place = places[1];
    joined = lead_.place.bit() >= scout_.begin_bit && FindJoint();
  }
  return joined;
}

// Until it is where the scout began, for the next run has a scout again; but one MCU at least.
void McuReader::ReadLeadAlone() {
  while (HasRoom(lead_) && (lead_.place.bit() < scout_.begin_bit || WholeMcus(lead_) == 0)) {
    reader_.read(bits_.data(), lead_.place, kSteps);
  }
}

bool McuReader::FindJoint() {
  const std::size_t lead_mcus = WholeMcus(lead_);
  const std::size_t scout_mcus = WholeMcus(scout_);
  while (lead_.joint_mcu <= lead_mcus && scout_.joint_mcu <= scout_mcus) {
    const std::size_t lead_bit = EndBit(lead_, lead_.joint_mcu);
    const std::size_t scout_bit = EndBit(scout_, scout_.joint_mcu);
    if (lead_bit == scout_bit) return true;
    ++(lead_bit < scout_bit ? lead_ : scout_).joint_mcu;
  }
  return false;
}

bool McuReader::HasRoom(const Track& track) const {
  return track.place.bit() < bits_.bits() && track.BlocksRead() + kSteps < track.blocks.size();
}

// Where the first `mcus` MCUs of a track end.
std::size_t McuReader::EndBit(const Track& track, std::size_t mcus) const {
  return mcus == 0 ? track.begin_bit : track.blocks[mcus * blocks_in_mcu_ - 1].end_bit();
}

// Those of the MCUs that come before the first damaged one.
std::span<CoefficientBlock> McuReader::Take(Track& track, std::size_t first_mcu,
                                            std::size_t end_mcu) {
  const std::span<CoefficientBlock> all =
      std::span(track.blocks)
          .subspan(first_mcu * blocks_in_mcu_, (end_mcu - first_mcu) * blocks_in_mcu_);
  const auto damaged = std::find_if(all.begin(), all.end(), [this](const CoefficientBlock& block) {
    return !block.is_well_formed() || block.end_bit() > bits_.bits();
  });
  const auto blocks = static_cast<std::size_t>(damaged - all.begin());
  const std::span<CoefficientBlock> taken = all.first(blocks - blocks % blocks_in_mcu_);
  if (!taken.empty()) next_bit_ = taken.back().end_bit();
  return taken;
}

}  // namespace thimble
