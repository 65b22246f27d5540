#include "jpeg/baseline_scan.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "jpeg/mcu_reader.h"

namespace thimble {
namespace {

std::optional<McuTables> TablesFor(const BaselineScan& scan, std::span<const ScanOutput> outputs) {
  std::vector<McuComponent> of_mcu;
  for (const ComponentCodes& codes : scan.codes) {
    const std::size_t index = of_mcu.size();
    const FrameComponent& component = scan.frame.components[index];
    of_mcu.push_back({.dc = codes.dc,
                      .ac = codes.ac,
                      .blocks = component.blocks_across * component.blocks_down,
                      .only_dc = AreReducedToDc(outputs, index)});
  }
  return McuTables::Create(of_mcu);
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
  bool Run(std::span<CoefficientBlock> mcus);

 private:
  BlocksOfComponent component_;
  std::int32_t last_ = 0;
};

bool DcPrediction::Run(std::span<CoefficientBlock> mcus) {
  std::int32_t last = last_;
  for (std::size_t mcu = 0; mcu < mcus.size(); mcu += component_.blocks_in_mcu) {
    for (CoefficientBlock& block : mcus.subspan(mcu + component_.first, component_.count)) {
      last += block.values[0];
      if (last != static_cast<std::int16_t>(last)) return false;
      block.values[0] = static_cast<std::int16_t>(last);
    }
  }
  last_ = last;
  return true;
}

class BaselineDecoder {
 public:
  BaselineDecoder(const BaselineScan& scan, const McuTables& tables, McuRows rows)
      : frame_(scan.frame),
        reader_(scan.data, tables),
        blocks_in_mcu_(tables.blocks_in_mcu()),
        blocks_(BlocksOf(scan.frame, blocks_in_mcu_)),
        dc_predictions_(blocks_.begin(), blocks_.end()),
        rows_(std::move(rows)) {}

  ScanEnd Decode();

 private:
  enum class Next : std::uint8_t { kReadOn, kStop, kGiveUp };

  Next Accept(std::span<CoefficientBlock> blocks);
  std::vector<BlocksOfMcus> OfComponents(const CoefficientBlock* mcu) const;

  const JpegFrame& frame_;
  McuReader reader_;
  std::size_t blocks_in_mcu_;
  std::vector<BlocksOfComponent> blocks_;
  std::vector<DcPrediction> dc_predictions_;  // of each component
  McuRows rows_;
};

ScanEnd BaselineDecoder::Decode() {
  while (!rows_.complete()) {
    const McuRun run = reader_.ReadRun();
    if (run.first.empty()) return ScanEnd::kNotRead;
    for (const std::span<CoefficientBlock> part : {run.first, run.second}) {
      const Next next = Accept(part);
      if (next == Next::kStop) return ScanEnd::kComplete;
      if (next == Next::kGiveUp) return ScanEnd::kNotRead;
    }
  }
  return ScanEnd::kComplete;
}

BaselineDecoder::Next BaselineDecoder::Accept(std::span<CoefficientBlock> blocks) {
  while (!blocks.empty() && !rows_.complete()) {
    const auto left_in_row = static_cast<std::size_t>(rows_.mcus_left_in_row());
    const auto mcus = blocks.first(std::min(blocks.size(), left_in_row * blocks_in_mcu_));
    blocks = blocks.subspan(mcus.size());
    const auto predicted = [mcus](DcPrediction& dc) { return dc.Run(mcus); };
    if (!std::ranges::all_of(dc_predictions_, predicted)) return Next::kGiveUp;
    const auto count = static_cast<int>(mcus.size() / blocks_in_mcu_);
    if (!rows_.Add(OfComponents(mcus.data()), count)) return Next::kStop;
  }
  return Next::kReadOn;
}

// Where the components' blocks lie from this MCU on.
std::vector<BlocksOfMcus> BaselineDecoder::OfComponents(const CoefficientBlock* mcu) const {
  constexpr std::ptrdiff_t kStep = sizeof(CoefficientBlock) / sizeof(std::int16_t);
  std::vector<BlocksOfMcus> all;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    BlocksOfMcus blocks{.block_step = kStep,
                        .mcu_step = kStep * static_cast<std::ptrdiff_t>(blocks_in_mcu_)};
    const FrameComponent& component = frame_.components[i];
    const CoefficientBlock* row = mcu + blocks_[i].first;
    for (int y = 0; y < component.blocks_down; ++y, row += component.blocks_across) {
      blocks.rows[static_cast<std::size_t>(y)] = row->values.data();
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
