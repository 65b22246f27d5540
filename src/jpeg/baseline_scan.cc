#include "jpeg/baseline_scan.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "jpeg/mcu_reader.h"

namespace thimble {
namespace {

constexpr std::size_t kMaxBlocksInMcu = 10;  // ISO 10918-1, B.2.3

// The Huffman tables of all components, and what reads with them.
class ScanTables {
 public:
  static std::optional<ScanTables> Create(std::span<const ScanComponent> components);

  const McuTables& of_mcu() const { return of_mcu_; }

 private:
  struct OfComponent {
    HuffmanTable dc;
    HuffmanTable exact_ac;
    HuffmanTable fast_ac;
  };

  static void CloseRing(std::vector<BlockTables>& ring);

  // By address in of_mcu_; moving a vector moves no element.
  std::vector<OfComponent> of_components_;
  McuTables of_mcu_;
};

std::optional<ScanTables> ScanTables::Create(std::span<const ScanComponent> components) {
  ScanTables tables;
  tables.of_components_.reserve(components.size());
  for (const ScanComponent& component : components) {
    const bool only_dc = component.block_side == 1;
    auto dc = HuffmanTable::Create(component.dc, HuffmanUse::kDc);
    auto exact_ac = HuffmanTable::Create(component.ac, HuffmanUse::kAc);
    auto fast_ac =
        HuffmanTable::Create(component.ac, only_dc ? HuffmanUse::kAcSkipped : HuffmanUse::kAc);
    if (!dc || !exact_ac || !fast_ac) return std::nullopt;
    tables.of_components_.push_back({std::move(*dc), std::move(*exact_ac), std::move(*fast_ac)});
    const OfComponent& made = tables.of_components_.back();
    for (int i = 0; i < component.blocks_across * component.blocks_down; ++i) {
      tables.of_mcu_.fast.push_back({.ac = &made.fast_ac, .next_dc = &made.dc});
      tables.of_mcu_.exact.push_back({.ac = &made.exact_ac, .next_dc = &made.dc});
    }
  }
  if (tables.of_mcu_.fast.size() > kMaxBlocksInMcu) return std::nullopt;
  CloseRing(tables.of_mcu_.fast);
  CloseRing(tables.of_mcu_.exact);
  return tables;
}

void ScanTables::CloseRing(std::vector<BlockTables>& ring) {
  constexpr auto kBytes = static_cast<std::int64_t>(sizeof(BlockTables));
  for (BlockTables& block : ring) block.bytes_to_next = kBytes;
  ring.back().bytes_to_next = kBytes * (1 - static_cast<std::int64_t>(ring.size()));
  // Until here each has its own.
  const HuffmanTable* const first_dc = ring.front().next_dc;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) ring[i].next_dc = ring[i + 1].next_dc;
  ring.back().next_dc = first_dc;
}

// Turns one component's coefficients into samples.
class ComponentTransform {
 public:
  explicit ComponentTransform(const ScanComponent& component)
      : component_(component), idct_(IdctForThisCpu(component.block_side)) {}

  // The blocks of MCUs that follow one another in a row from `first_mcu` on. In each MCU the
  // component's blocks begin with `first_block`. Gives false when coefficients leave their range.
  bool Run(std::span<CoefficientBlock> mcus, std::size_t first_block, std::size_t blocks_in_mcu,
           int first_mcu, Plane& plane);

 private:
  const ScanComponent& component_;
  IdctFunction idct_;
  std::int32_t last_dc_ = 0;
  std::vector<IdctBlock> blocks_;
};

bool ComponentTransform::Run(std::span<CoefficientBlock> mcus, std::size_t first_block,
                             std::size_t blocks_in_mcu, int first_mcu, Plane& plane) {
  const std::ptrdiff_t stride = plane.stride();
  const int side = component_.block_side;
  std::uint8_t* mcu_samples =
      plane.mutable_view().data + std::ptrdiff_t{first_mcu} * component_.blocks_across * side;
  blocks_.clear();
  for (std::size_t mcu = 0; mcu < mcus.size(); mcu += blocks_in_mcu) {
    CoefficientBlock* block = &mcus[mcu + first_block];
    for (int y = 0; y < component_.blocks_down; ++y) {
      for (int x = 0; x < component_.blocks_across; ++x, ++block) {
        last_dc_ += block->values[0];
        if (last_dc_ != static_cast<std::int16_t>(last_dc_)) return false;
        block->values[0] = static_cast<std::int16_t>(last_dc_);
        blocks_.push_back({block->values.data(), mcu_samples + (y * stride + x) * side});
      }
    }
    mcu_samples += component_.blocks_across * side;
  }
  return idct_(blocks_, component_.quantization, stride);
}

class BaselineDecoder {
 public:
  BaselineDecoder(const BaselineScan& scan, const ScanTables& tables)
      : scan_(scan),
        reader_(scan.data, tables.of_mcu()),
        blocks_in_mcu_(tables.of_mcu().fast.size()) {}

  Status CreatePlanes();
  ScanEnd Decode(McuRowSink& sink);

 private:
  enum class Next : std::uint8_t { kReadOn, kStop, kGiveUp };

  Next Accept(std::span<CoefficientBlock> blocks, McuRowSink& sink);
  bool Transform(std::span<CoefficientBlock> mcus);

  const BaselineScan& scan_;
  McuReader reader_;
  std::size_t blocks_in_mcu_;
  std::vector<ComponentTransform> transforms_;
  std::vector<Plane> planes_;  // of the row of MCUs that is being filled
  int mcu_x_ = 0;              // the next one's place
  int mcu_y_ = 0;
};

Status BaselineDecoder::CreatePlanes() {
  for (const ScanComponent& component : scan_.components) {
    const int side = component.block_side;
    THIMBLE_TRY(Plane plane, Plane::Create({scan_.mcus_across * component.blocks_across * side,
                                            component.blocks_down * side}));
    planes_.push_back(std::move(plane));
    transforms_.emplace_back(component);
  }
  return {};
}

ScanEnd BaselineDecoder::Decode(McuRowSink& sink) {
  while (mcu_y_ < scan_.mcus_down) {
    const McuRun run = reader_.ReadRun();
    if (run.first.empty()) return ScanEnd::kNotRead;
    for (const std::span<CoefficientBlock> part : {run.first, run.second}) {
      const Next next = Accept(part, sink);
      if (next == Next::kStop) return ScanEnd::kComplete;
      if (next == Next::kGiveUp) return ScanEnd::kNotRead;
    }
  }
  return ScanEnd::kComplete;
}

BaselineDecoder::Next BaselineDecoder::Accept(std::span<CoefficientBlock> blocks,
                                              McuRowSink& sink) {
  while (!blocks.empty() && mcu_y_ < scan_.mcus_down) {
    const auto left_in_row = static_cast<std::size_t>(scan_.mcus_across - mcu_x_);
    const auto mcus = blocks.first(std::min(blocks.size(), left_in_row * blocks_in_mcu_));
    blocks = blocks.subspan(mcus.size());
    if (!Transform(mcus)) return Next::kGiveUp;
    mcu_x_ += static_cast<int>(mcus.size() / blocks_in_mcu_);
    if (mcu_x_ < scan_.mcus_across) continue;
    mcu_x_ = 0;
    ++mcu_y_;
    if (!sink.AcceptMcuRow(planes_)) return Next::kStop;
  }
  return Next::kReadOn;
}

bool BaselineDecoder::Transform(std::span<CoefficientBlock> mcus) {
  std::size_t first_block = 0;
  for (std::size_t i = 0; i < transforms_.size(); ++i) {
    if (!transforms_[i].Run(mcus, first_block, blocks_in_mcu_, mcu_x_, planes_[i])) return false;
    const ScanComponent& component = scan_.components[i];
    first_block += static_cast<std::size_t>(component.blocks_across * component.blocks_down);
  }
  return true;
}

}  // namespace

Expected<ScanEnd> DecodeBaselineScan(const BaselineScan& scan, McuRowSink& sink) {
  const std::optional<ScanTables> tables = ScanTables::Create(scan.components);
  if (!tables) return ScanEnd::kNotRead;
  BaselineDecoder decoder(scan, *tables);
  if (Status created = decoder.CreatePlanes(); !created) return Forward(created);
  return decoder.Decode(sink);
}

}  // namespace thimble
