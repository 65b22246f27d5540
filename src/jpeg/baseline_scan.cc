#include "jpeg/baseline_scan.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "jpeg/mcu_reader.h"

namespace thimble {
namespace {

std::optional<McuTables> TablesFor(std::span<const ScanComponent> components,
                                   std::span<const ScanOutput> outputs) {
  std::vector<McuComponent> of_mcu;
  for (const ScanComponent& component : components) {
    const std::size_t index = of_mcu.size();
    const bool only_dc = std::all_of(outputs.begin(), outputs.end(), [index](const auto& output) {
      return output.block_sides[index] == 1;
    });
    of_mcu.push_back({.dc = component.dc,
                      .ac = component.ac,
                      .blocks = component.blocks_across * component.blocks_down,
                      .only_dc = only_dc});
  }
  return McuTables::Create(of_mcu);
}

// MCUs that follow one another in a row.
struct McusInRow {
  std::span<CoefficientBlock> blocks;
  int first_mcu;
};

// Which of each MCU's blocks are a component's.
struct BlocksOfComponent {
  std::size_t first;
  std::size_t count;
  std::size_t blocks_in_mcu;  // of all components
};

std::vector<BlocksOfComponent> BlocksOf(std::span<const ScanComponent> components,
                                        std::size_t blocks_in_mcu) {
  std::vector<BlocksOfComponent> blocks;
  std::size_t first = 0;
  for (const ScanComponent& component : components) {
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
  bool Run(const McusInRow& mcus);

 private:
  BlocksOfComponent component_;
  std::int32_t last_ = 0;
};

bool DcPrediction::Run(const McusInRow& mcus) {
  std::int32_t last = last_;
  for (std::size_t mcu = 0; mcu < mcus.blocks.size(); mcu += component_.blocks_in_mcu) {
    for (CoefficientBlock& block : mcus.blocks.subspan(mcu + component_.first, component_.count)) {
      last += block.values[0];
      if (last != static_cast<std::int16_t>(last)) return false;
      block.values[0] = static_cast<std::int16_t>(last);
    }
  }
  last_ = last;
  return true;
}

// Turns one component's coefficients into samples at one scale.
class ComponentTransform {
 public:
  ComponentTransform(const ScanComponent& component, const BlocksOfComponent& blocks,
                     int block_side, int mcus_across)
      : component_(&component),
        blocks_(blocks),
        block_side_(block_side),
        idct_(IdctForThisCpu(block_side)),
        idct_blocks_(blocks.count * static_cast<std::size_t>(mcus_across)) {}

  // Gives false when coefficients leave their range.
  bool Run(const McusInRow& mcus, Plane& plane);

 private:
  const ScanComponent* component_;
  BlocksOfComponent blocks_;
  int block_side_;
  IdctFunction idct_;
  std::vector<IdctBlock> idct_blocks_;  // room for a row's
};

bool ComponentTransform::Run(const McusInRow& mcus, Plane& plane) {
  const int blocks_across = component_->blocks_across;
  const int blocks_down = component_->blocks_down;
  const std::ptrdiff_t side = block_side_;
  std::uint8_t* mcu_samples = plane.mutable_view().data + mcus.first_mcu * blocks_across * side;
  IdctBlock* end = idct_blocks_.data();
  for (std::size_t mcu = 0; mcu < mcus.blocks.size(); mcu += blocks_.blocks_in_mcu) {
    const CoefficientBlock* block = &mcus.blocks[mcu + blocks_.first];
    for (int y = 0; y < blocks_down; ++y) {
      std::uint8_t* samples = mcu_samples + y * side * plane.stride();
      for (int x = 0; x < blocks_across; ++x, ++block, samples += side) {
        *end++ = {block->values.data(), samples};
      }
    }
    mcu_samples += blocks_across * side;
  }
  return idct_({idct_blocks_.data(), end}, component_->quantization, plane.stride());
}

// One scale's samples of the row of MCUs that is being filled.
class OutputRow {
 public:
  static Expected<OutputRow> Create(const BaselineScan& scan, const ScanOutput& output,
                                    std::span<const BlocksOfComponent> blocks);

  bool Transform(const McusInRow& mcus);
  bool HandOn() { return sink_->AcceptMcuRow(planes_); }

 private:
  explicit OutputRow(McuRowSink& sink) : sink_(&sink) {}

  std::vector<ComponentTransform> transforms_;
  std::vector<Plane> planes_;
  McuRowSink* sink_;
};

Expected<OutputRow> OutputRow::Create(const BaselineScan& scan, const ScanOutput& output,
                                      std::span<const BlocksOfComponent> blocks) {
  OutputRow row(*output.sink);
  for (std::size_t i = 0; i < scan.components.size(); ++i) {
    const ScanComponent& component = scan.components[i];
    const int side = output.block_sides[i];
    THIMBLE_TRY(Plane plane, Plane::Create({scan.mcus_across * component.blocks_across * side,
                                            component.blocks_down * side}));
    row.planes_.push_back(std::move(plane));
    row.transforms_.emplace_back(component, blocks[i], side, scan.mcus_across);
  }
  return row;
}

bool OutputRow::Transform(const McusInRow& mcus) {
  for (std::size_t i = 0; i < transforms_.size(); ++i) {
    if (!transforms_[i].Run(mcus, planes_[i])) return false;
  }
  return true;
}

class BaselineDecoder {
 public:
  BaselineDecoder(const BaselineScan& scan, const McuTables& tables)
      : scan_(scan), reader_(scan.data, tables), blocks_in_mcu_(tables.blocks_in_mcu()) {}

  Status Begin(std::span<const ScanOutput> outputs);
  ScanEnd Decode();

 private:
  enum class Next : std::uint8_t { kReadOn, kStop, kGiveUp };

  Next Accept(std::span<CoefficientBlock> blocks);
  bool Transform(const McusInRow& mcus);

  const BaselineScan& scan_;
  McuReader reader_;
  std::size_t blocks_in_mcu_;
  std::vector<DcPrediction> dc_predictions_;  // of each component
  std::vector<OutputRow> outputs_;            // that want more
  int mcu_x_ = 0;                             // the next one's place
  int mcu_y_ = 0;
};

Status BaselineDecoder::Begin(std::span<const ScanOutput> outputs) {
  const auto blocks = BlocksOf(scan_.components, blocks_in_mcu_);
  for (const BlocksOfComponent& component : blocks) dc_predictions_.emplace_back(component);
  for (const ScanOutput& output : outputs) {
    THIMBLE_TRY(OutputRow row, OutputRow::Create(scan_, output, blocks));
    outputs_.push_back(std::move(row));
  }
  return {};
}

ScanEnd BaselineDecoder::Decode() {
  while (mcu_y_ < scan_.mcus_down) {
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
  while (!blocks.empty() && mcu_y_ < scan_.mcus_down) {
    const auto left_in_row = static_cast<std::size_t>(scan_.mcus_across - mcu_x_);
    const auto mcus = blocks.first(std::min(blocks.size(), left_in_row * blocks_in_mcu_));
    blocks = blocks.subspan(mcus.size());
    if (!Transform({mcus, mcu_x_})) return Next::kGiveUp;
    mcu_x_ += static_cast<int>(mcus.size() / blocks_in_mcu_);
    if (mcu_x_ < scan_.mcus_across) continue;
    mcu_x_ = 0;
    ++mcu_y_;
    std::erase_if(outputs_, [](OutputRow& output) { return !output.HandOn(); });
    if (outputs_.empty()) return Next::kStop;
  }
  return Next::kReadOn;
}

bool BaselineDecoder::Transform(const McusInRow& mcus) {
  return std::ranges::all_of(dc_predictions_, [&](DcPrediction& dc) { return dc.Run(mcus); }) &&
         std::ranges::all_of(outputs_, [&](OutputRow& output) { return output.Transform(mcus); });
}

}  // namespace

Expected<ScanEnd> DecodeBaselineScan(const BaselineScan& scan,
                                     std::span<const ScanOutput> outputs) {
  const std::optional<McuTables> tables = TablesFor(scan.components, outputs);
  if (!tables) return ScanEnd::kNotRead;
  BaselineDecoder decoder(scan, *tables);
  if (Status begun = decoder.Begin(outputs); !begun) return Forward(begun);
  return decoder.Decode();
}

}  // namespace thimble
