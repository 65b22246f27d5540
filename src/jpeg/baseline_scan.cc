#include "jpeg/baseline_scan.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "jpeg/mcu_reader.h"

namespace thimble {
namespace {

constexpr std::size_t kMaxBlocksInMcu = 10;  // ISO 10918-1, B.2.3

// The Huffman tables of all components, and what reads with them.
class ScanTables {
 public:
  static std::optional<ScanTables> Create(std::span<const ScanComponent> components,
                                          std::span<const ScanOutput> outputs);

  const McuTables& of_mcu() const { return of_mcu_; }

 private:
  struct OfComponent {
    HuffmanTable dc;
    HuffmanTable exact_ac;
    HuffmanTable fast_ac;
  };

  // The tables of AC and DC codes of an MCU's blocks, one after the other.
  struct OfBlock {
    const HuffmanTable* ac;
    const HuffmanTable* dc;
  };
  static std::vector<BlockTables> Ring(std::span<const OfBlock> blocks);

  // By address in of_mcu_; moving a vector moves no element.
  std::vector<OfComponent> of_components_;
  McuTables of_mcu_;
};

std::optional<ScanTables> ScanTables::Create(std::span<const ScanComponent> components,
                                             std::span<const ScanOutput> outputs) {
  ScanTables tables;
  tables.of_components_.reserve(components.size());
  std::vector<OfBlock> fast;
  std::vector<OfBlock> exact;
  for (const ScanComponent& component : components) {
    const std::size_t index = tables.of_components_.size();
    const bool only_dc = std::all_of(outputs.begin(), outputs.end(), [index](const auto& output) {
      return output.block_sides[index] == 1;
    });
    auto dc = HuffmanTable::Create(component.dc, HuffmanUse::kDc);
    auto exact_ac = HuffmanTable::Create(component.ac, HuffmanUse::kAc);
    auto fast_ac =
        HuffmanTable::Create(component.ac, only_dc ? HuffmanUse::kAcSkipped : HuffmanUse::kAc);
    if (!dc || !exact_ac || !fast_ac) return std::nullopt;
    tables.of_components_.push_back({*dc, *exact_ac, *fast_ac});
    const OfComponent& made = tables.of_components_.back();
    for (int i = 0; i < component.blocks_across * component.blocks_down; ++i) {
      fast.push_back({.ac = &made.fast_ac, .dc = &made.dc});
      exact.push_back({.ac = &made.exact_ac, .dc = &made.dc});
    }
  }
  if (fast.size() > kMaxBlocksInMcu) return std::nullopt;
  tables.of_mcu_ = {Ring(fast), Ring(exact)};
  return tables;
}

std::vector<BlockTables> ScanTables::Ring(std::span<const OfBlock> blocks) {
  const auto bytes_between = [](const HuffmanTable* from, const HuffmanTable* to) {
    return static_cast<std::int64_t>(reinterpret_cast<const std::byte*>(to) -
                                     reinterpret_cast<const std::byte*>(from));
  };
  constexpr auto kBytes = static_cast<std::int64_t>(sizeof(BlockTables));
  std::vector<BlockTables> ring;
  ring.reserve(blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const HuffmanTable* const next_dc = blocks[(i + 1) % blocks.size()].dc;
    ring.push_back({next_dc, bytes_between(next_dc, blocks[i].ac), kBytes});
  }
  ring.back().bytes_to_next = kBytes * (1 - static_cast<std::int64_t>(ring.size()));
  return ring;
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
  BaselineDecoder(const BaselineScan& scan, const ScanTables& tables)
      : scan_(scan),
        reader_(scan.data, tables.of_mcu()),
        blocks_in_mcu_(tables.of_mcu().fast.size()) {}

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
  const std::optional<ScanTables> tables = ScanTables::Create(scan.components, outputs);
  if (!tables) return ScanEnd::kNotRead;
  BaselineDecoder decoder(scan, *tables);
  if (Status begun = decoder.Begin(outputs); !begun) return Forward(begun);
  return decoder.Decode();
}

}  // namespace thimble
