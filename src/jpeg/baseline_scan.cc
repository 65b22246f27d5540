#include "jpeg/baseline_scan.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "jpeg/marker.h"
#include "jpeg/mcu_reader.h"
#include "jpeg/whole_block.h"

namespace thimble {
namespace {

constexpr std::size_t kCoefficients = 64;  // of a block

std::optional<McuTables> TablesFor(const BaselineScan& scan, std::span<const ScanOutput> outputs) {
  std::vector<McuComponent> of_mcu;
  for (const ComponentCodes& codes : scan.codes) {
    const std::size_t index = of_mcu.size();
    const FrameComponent& component = scan.frame.components[index];
    of_mcu.push_back({.dc = codes.dc,
                      .ac = codes.ac,
                      .blocks = component.blocks_across * component.blocks_down,
                      .side = LargestSide(outputs, index)});
  }
  return McuTables::Create(of_mcu);
}

// What lies between two restart markers, or all.
struct ScanSegment {
  ByteSpan data;
  std::size_t mcus;
};

// As far as restart markers come in their order; at least one.
std::vector<ScanSegment> SegmentsOf(const BaselineScan& scan) {
  std::size_t mcus_left = static_cast<std::size_t>(scan.frame.mcus_across) *
                          static_cast<std::size_t>(scan.frame.mcus_down);
  const auto interval =
      scan.restart_interval > 0 ? static_cast<std::size_t>(scan.restart_interval) : mcus_left;
  std::vector<ScanSegment> segments;
  for (ByteSpan rest = scan.data;;) {
    segments.push_back({rest, std::min(interval, mcus_left)});
    mcus_left -= segments.back().mcus;
    if (mcus_left == 0) break;
    const std::size_t number = (segments.size() - 1) % 8;
    if (TakeMarker(rest) != marker::kRestart0 + number) break;
  }
  return segments;
}

// Which of each MCU's blocks are a component's.
struct BlocksOfComponent {
  std::size_t first;
  std::size_t count;
  std::size_t blocks_in_mcu;  // of all components
};

std::vector<BlocksOfComponent> BlocksOf(const JpegFrame& frame, std::size_t blocks_in_mcu) {
  std::vector<BlocksOfComponent> blocks;
  std::size_t first = 0;
  for (const FrameComponent& component : frame.components) {
    const auto count = static_cast<std::size_t>(component.blocks_across) *
                       static_cast<std::size_t>(component.blocks_down);
    blocks.push_back({first, count, blocks_in_mcu});
    first += count;
  }
  return blocks;
}

// Makes a component's DC coefficients of the differences that were read.
class DcPrediction {
 public:
  explicit DcPrediction(const BlocksOfComponent& component) : component_(component) {}

  // Gives false when one leaves its range.
  bool Run(const BlockRun& mcus);
  void Restart() { last_ = 0; }

 private:
  BlocksOfComponent component_;
  std::int32_t last_ = 0;
};

bool DcPrediction::Run(const BlockRun& mcus) {
  std::int32_t last = last_;
  for (std::size_t mcu = component_.first; mcu < mcus.blocks; mcu += component_.blocks_in_mcu) {
    for (std::size_t i = 0; i < component_.count; ++i) {
      std::int16_t& dc = *mcus.block(mcu + i);
      last += dc;
      if (last != static_cast<std::int16_t>(last)) return false;
      dc = static_cast<std::int16_t>(last);
    }
  }
  last_ = last;
  return true;
}

class BaselineDecoder final : private WholeBlocks {
 public:
  BaselineDecoder(const BaselineScan& scan, const McuTables& tables, McuRows rows)
      : frame_(scan.frame),
        tables_(tables),
        segments_(SegmentsOf(scan)),
        reader_(segments_.front().data, tables),
        blocks_in_mcu_(tables.blocks_in_mcu()),
        blocks_(BlocksOf(scan.frame, blocks_in_mcu_)),
        dc_predictions_(blocks_.begin(), blocks_.end()),
        rows_(std::move(rows)) {}

  ScanEnd Decode();

 private:
  enum class Next : std::uint8_t { kReadOn, kStop, kGiveUp };

  Next ReadSegment(const ScanSegment& segment);
  Next Accept(BlockRun blocks);
  std::vector<BlocksOfMcus> OfComponents(const BlockRun& mcus) const;
  const std::int16_t* Find(std::size_t component, int mcu, int x, int y) override;

  const JpegFrame& frame_;
  const McuTables& tables_;
  std::vector<ScanSegment> segments_;
  McuReader reader_;
  std::size_t blocks_in_mcu_;
  std::vector<BlocksOfComponent> blocks_;
  std::vector<DcPrediction> dc_predictions_;  // of each component
  McuRows rows_;
  BlockRun added_;  // whose MCUs rows_ is being given
  alignas(16) std::array<std::int16_t, kCoefficients> whole_block_{};
};

ScanEnd BaselineDecoder::Decode() {
  for (const ScanSegment& segment : segments_) {
    const Next next = ReadSegment(segment);
    if (next == Next::kStop) return ScanEnd::kComplete;
    if (next == Next::kGiveUp) return ScanEnd::kNotRead;
  }
  return rows_.complete() ? ScanEnd::kComplete : ScanEnd::kNotRead;
}

BaselineDecoder::Next BaselineDecoder::ReadSegment(const ScanSegment& segment) {
  if (&segment != &segments_.front()) {
    reader_.Restart(segment.data);
    for (DcPrediction& dc : dc_predictions_) dc.Restart();
  }
  std::size_t left = segment.mcus * blocks_in_mcu_;
  while (left > 0) {
    const McuReader::McuRun run = reader_.ReadRun();
    if (run.front().blocks == 0) return Next::kGiveUp;
    for (const BlockRun& part : run) {
      const BlockRun blocks = part.First(std::min(part.blocks, left));
      left -= blocks.blocks;
      const Next next = Accept(blocks);
      if (next != Next::kReadOn) return next;
    }
  }
  return Next::kReadOn;
}

BaselineDecoder::Next BaselineDecoder::Accept(BlockRun blocks) {
  while (blocks.blocks > 0) {
    const auto left_in_row = static_cast<std::size_t>(rows_.mcus_left_in_row());
    const BlockRun mcus = blocks.First(std::min(blocks.blocks, left_in_row * blocks_in_mcu_));
    blocks = blocks.From(mcus.blocks);
    const auto predicted = [&mcus](DcPrediction& dc) { return dc.Run(mcus); };
    if (!std::ranges::all_of(dc_predictions_, predicted)) return Next::kGiveUp;
    const auto count = static_cast<int>(mcus.blocks / blocks_in_mcu_);
    added_ = mcus;
    if (!rows_.Add(OfComponents(mcus), count, this)) return Next::kStop;
  }
  return Next::kReadOn;
}

const std::int16_t* BaselineDecoder::Find(std::size_t component, int mcu, int x, int y) {
  const int in_component = y * frame_.components[component].blocks_across + x;
  const std::size_t in_mcu = blocks_[component].first + static_cast<std::size_t>(in_component);
  const std::size_t block = static_cast<std::size_t>(mcu) * blocks_in_mcu_ + in_mcu;
  if (tables_.keeps_all(in_mcu)) return added_.block(block);
  static_assert(kWholeBlockBytes <= ScanBits::kPadding);
  ReadWholeBlock(reader_.bits(), added_.BeginOf(block), tables_.dc(in_mcu), tables_.ac(in_mcu),
                 whole_block_.data());
  whole_block_.front() = *added_.block(block);  // DC as it is, not as a difference
  return whole_block_.data();
}

// Where the components' blocks lie.
std::vector<BlocksOfMcus> BaselineDecoder::OfComponents(const BlockRun& mcus) const {
  std::vector<BlocksOfMcus> all;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    BlocksOfMcus blocks{.block_step = mcus.step,
                        .mcu_step = mcus.step * static_cast<std::ptrdiff_t>(blocks_in_mcu_)};
    const FrameComponent& component = frame_.components[i];
    for (int y = 0; y < component.blocks_down; ++y) {
      const int first_in_row = y * component.blocks_across;
      blocks.rows[static_cast<std::size_t>(y)] =
          mcus.block(blocks_[i].first + static_cast<std::size_t>(first_in_row));
    }
    all.push_back(blocks);
  }
  return all;
}

}  // namespace

Expected<ScanEnd> DecodeBaselineScan(const BaselineScan& scan,
                                     std::span<const ScanOutput> outputs) {
  const std::optional<McuTables> tables = TablesFor(scan, outputs);
  if (!tables) return ScanEnd::kNotRead;
  THIMBLE_TRY(McuRows rows, McuRows::Create(scan.frame, outputs));
  return BaselineDecoder(scan, *tables, std::move(rows)).Decode();
}

}  // namespace thimble
