#include "jpeg/coefficient_rows.h"

#include <vector>

namespace thimble {
namespace {

constexpr std::ptrdiff_t kCoefficients = 64;  // of a block

BlocksOfMcus BlocksOf(const FrameComponent& component, std::size_t index,
                      CoefficientSource& source) {
  BlocksOfMcus blocks{.block_step = kCoefficients,
                      .mcu_step = kCoefficients * component.blocks_across};
  for (int y = 0; y < component.blocks_down; ++y) {
    blocks.rows[static_cast<std::size_t>(y)] = source.BlockRow(index, y);
  }
  return blocks;
}

}  // namespace

Expected<ScanEnd> TransformCoefficients(const JpegFrame& frame, CoefficientSource& source,
                                        std::span<const ScanOutput> outputs) {
  THIMBLE_TRY(McuRows rows, McuRows::Create(frame, outputs));
  std::vector<BlocksOfMcus> blocks(frame.components.size());
  while (!rows.complete()) {
    THIMBLE_TRY(const bool has_row, source.NextMcuRow());
    if (!has_row) return ScanEnd::kNotRead;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      blocks[i] = BlocksOf(frame.components[i], i, source);
    }
    if (!rows.Add(blocks, frame.mcus_across, nullptr)) return ScanEnd::kComplete;
  }
  return source.is_complete() ? ScanEnd::kComplete : ScanEnd::kNotRead;
}

}  // namespace thimble
