#include "jpeg/mcu_rows.h"

#include <algorithm>
#include <utility>

namespace thimble {
namespace {

constexpr int kBlockSide = 8;

constexpr QuantizationTable kNoQuantization = [] {
  QuantizationTable table{};
  table.fill(1);
  return table;
}();

}  // namespace

McuRows::McuRows(const JpegFrame& frame)
    : mcus_across_(frame.mcus_across), mcus_down_(frame.mcus_down) {
  for (const FrameComponent& component : frame.components) {
    const int last_column = (component.width - 1) / kBlockSide;
    const int last_row = (component.height - 1) / kBlockSide;
    edges_.push_back(
        {last_column,
         last_row,
         {component.width - last_column * kBlockSide, component.height - last_row * kBlockSide}});
  }
}

Expected<McuRows::Output> McuRows::CreateOutput(const JpegFrame& frame, const ScanOutput& output) {
  Output made{.lanes = {}, .planes = {}, .sink = output.sink};
  for (std::size_t i = 0; i < frame.components.size(); ++i) {
    const FrameComponent& component = frame.components[i];
    const int side = output.block_sides[i];
    const int blocks_across = frame.mcus_across * component.blocks_across;
    THIMBLE_TRY(Plane plane, Plane::Create({blocks_across * side + kIdctOverhang,
                                            component.blocks_down * side}));
    made.planes.push_back(std::move(plane));
    Lane lane = {.component = component, .block_side = side};
    if (side > 1) {
      lane.idct = IdctForThisCpu(side);
      lane.idct_blocks.resize(static_cast<std::size_t>(blocks_across) *
                              static_cast<std::size_t>(component.blocks_down));
    }
    made.lanes.push_back(std::move(lane));
  }
  return made;
}

Expected<McuRows> McuRows::Create(const JpegFrame& frame, std::span<const ScanOutput> outputs) {
  McuRows rows(frame);
  for (const ScanOutput& output : outputs) {
    THIMBLE_TRY(Output made, CreateOutput(frame, output));
    rows.outputs_.push_back(std::move(made));
  }
  return rows;
}

void McuRows::Lane::Transform(const BlocksOfMcus& blocks, int first_mcu, int count, Plane& plane) {
  const std::ptrdiff_t side = block_side;
  IdctBlock* end = idct_blocks.data();
  for (int y = 0; y < component.blocks_down; ++y) {
    const std::int16_t* mcu = blocks.rows[static_cast<std::size_t>(y)];
    std::uint8_t* samples = plane.mutable_view().data + y * side * plane.stride() +
                            first_mcu * component.blocks_across * side;
    for (int i = 0; i < count; ++i, mcu += blocks.mcu_step) {
      for (int x = 0; x < component.blocks_across; ++x, samples += side) {
        *end++ = {mcu + x * blocks.block_step, samples};
      }
    }
  }
  idct({idct_blocks.data(), end}, component.quantization, plane.stride());
}

void McuRows::Lane::TakeMeans(const BlocksOfMcus& blocks, int first_mcu, int count,
                              Plane& plane) const {
  for (int y = 0; y < component.blocks_down; ++y) {
    const std::int16_t* mcu = blocks.rows[static_cast<std::size_t>(y)];
    std::uint8_t* sample =
        plane.mutable_view().data + y * plane.stride() + first_mcu * component.blocks_across;
    for (int i = 0; i < count; ++i, mcu += blocks.mcu_step) {
      for (int x = 0; x < component.blocks_across; ++x) {
        *sample++ = MeanSample(mcu[x * blocks.block_step], component.quantization);
      }
    }
  }
}

void McuRows::Lane::AddEdgeBlock(const std::int16_t* coefficients, VisiblePart visible) {
  RepeatVisiblePart(coefficients, component.quantization, visible, block_side,
                    edge_blocks.emplace_back().coefficients.data());
}

void McuRows::Lane::TransformEdgeBlocks(int first_column, int row, Plane& plane) {
  if (edge_blocks.empty()) return;
  const std::ptrdiff_t side = block_side;
  std::uint8_t* samples =
      plane.mutable_view().data + row * side * plane.stride() + first_column * side;
  IdctBlock* end = idct_blocks.data();
  for (const ReducedBlock& block : edge_blocks) {
    if (side == 1) {
      *samples = MeanSample(block.coefficients.front(), kNoQuantization);
    } else {
      *end++ = {block.coefficients.data(), samples};
    }
    samples += side;
  }
  if (side > 1) idct({idct_blocks.data(), end}, kNoQuantization, plane.stride());
  edge_blocks.clear();
}

void McuRows::TransformEdges(std::size_t component, const BlocksOfMcus& blocks, int count,
                             WholeBlocks* whole) {
  const auto is_reduced = [component](const Output& output) {
    return output.lanes[component].block_side < kBlockSide;
  };
  if (std::ranges::none_of(outputs_, is_reduced)) return;
  const Edge& edge = edges_[component];
  const FrameComponent& of_frame = outputs_.front().lanes[component].component;
  const int blocks_across = of_frame.blocks_across;
  const int first_in_run = mcu_x_ * blocks_across;
  const int end = std::min(first_in_run + count * blocks_across, edge.last_column + 1);
  for (int y = 0; y < of_frame.blocks_down; ++y) {
    const int row = mcu_y_ * of_frame.blocks_down + y;
    if (row > edge.last_row) break;
    VisiblePart visible = {kBlockSide, row == edge.last_row ? edge.last.height : kBlockSide};
    // A row that is whole has hidden samples in its last block at most.
    int first = first_in_run;
    if (visible.is_whole()) {
      first = edge.last.width == kBlockSide ? end : std::max(first, edge.last_column);
    }
    for (int column = first; column < end; ++column) {
      const int mcu = (column - first_in_run) / blocks_across;
      const int x = (column - first_in_run) % blocks_across;
      const std::int16_t* const coefficients =
          whole != nullptr ? whole->Find(component, mcu, x, y)
                           : blocks.rows[static_cast<std::size_t>(y)] + mcu * blocks.mcu_step +
                                 x * blocks.block_step;
      if (column == edge.last_column) visible.width = edge.last.width;
      for (Output& output : outputs_) {
        if (is_reduced(output)) output.lanes[component].AddEdgeBlock(coefficients, visible);
      }
    }
    for (Output& output : outputs_) {
      output.lanes[component].TransformEdgeBlocks(first, y, output.planes[component]);
    }
  }
}

bool McuRows::Add(std::span<const BlocksOfMcus> blocks, int count, WholeBlocks* whole) {
  for (Output& output : outputs_) {
    for (std::size_t i = 0; i < output.lanes.size(); ++i) {
      Lane& lane = output.lanes[i];
      if (lane.block_side == 1) {
        lane.TakeMeans(blocks[i], mcu_x_, count, output.planes[i]);
      } else {
        lane.Transform(blocks[i], mcu_x_, count, output.planes[i]);
      }
    }
  }
  for (std::size_t i = 0; i < edges_.size(); ++i) TransformEdges(i, blocks[i], count, whole);
  mcu_x_ += count;
  if (mcu_x_ < mcus_across_) return true;
  mcu_x_ = 0;
  ++mcu_y_;
  std::erase_if(outputs_, [](Output& output) { return !output.sink->AcceptMcuRow(output.planes); });
  return !outputs_.empty();
}

}  // namespace thimble
