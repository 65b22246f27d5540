#include "jpeg/mcu_rows.h"

#include <utility>

namespace thimble {

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

bool McuRows::Add(std::span<const BlocksOfMcus> blocks, int count) {
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
  mcu_x_ += count;
  if (mcu_x_ < mcus_across_) return true;
  mcu_x_ = 0;
  --rows_left_;
  std::erase_if(outputs_, [](Output& output) { return !output.sink->AcceptMcuRow(output.planes); });
  return !outputs_.empty();
}

}  // namespace thimble
