// From coefficients to rows of MCUs, each component at a size of its own, for any number of
// receivers. Samples at the edges of a reduced picture are made of what is visible alone
// (visible_part.h).
//
// Thread-safety: none. Ownership: borrows sinks and coefficients. Memory: a row of MCUs for each
// output. Errors: kImageTooCostly without memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "image/plane.h"
#include "jpeg/frame.h"
#include "jpeg/visible_part.h"

namespace thimble {

class McuRowSink {
 public:
  virtual ~McuRowSink() = default;
  // The samples of one row of MCUs, whole blocks, a plane for each component; they may be changed
  // and die with the call. Returns false when no further rows are wanted.
  virtual bool AcceptMcuRow(std::span<Plane> planes) = 0;
};

// What is wanted of a picture.
struct ScanOutput {
  std::vector<int> block_sides;  // samples to make of each component's blocks: 1 to 8
  McuRowSink* sink = nullptr;
};

enum class ScanEnd : std::uint8_t {
  kComplete,  // or the sinks wanted no more
  kNotRead,   // the rows that the sinks did not get have to be decoded by another decoder
};

// How many of the lowest frequencies each way are needed at most of this component's blocks.
inline int LargestSide(std::span<const ScanOutput> outputs, std::size_t component) {
  int side = 1;
  for (const ScanOutput& output : outputs) side = std::max(side, output.block_sides[component]);
  return side;
}

// Where the blocks of one component are in memory, for MCUs that follow one another in a row.
struct BlocksOfMcus {
  // Of the first MCU: the first block of each of the component's rows of blocks.
  std::array<const std::int16_t*, kMaxSamplingFactor> rows{};
  std::ptrdiff_t block_step = 64;  // coefficients from a block to the next in its row
  std::ptrdiff_t mcu_step = 64;    // from an MCU to the next
};

// For a decoder that keeps only a part of most blocks' coefficients.
class WholeBlocks {
 public:
  virtual ~WholeBlocks() = default;
  // The block of a component in column x and row y of one of the MCUs that are being added: 64
  // coefficients, row by row, not dequantized. Valid until the next call.
  virtual const std::int16_t* Find(std::size_t component, int mcu, int x, int y) = 0;
};

class McuRows {
 public:
  static Expected<McuRows> Create(const JpegFrame& frame, std::span<const ScanOutput> outputs);

  // Transforms `count` MCUs, the next ones in the row that is being filled; `blocks` tells of each
  // component. Where they do not hold all coefficients, `whole` is asked for blocks that reach
  // beyond the picture. A row must not be filled beyond its end. Gives false when all sinks have
  // enough.
  bool Add(std::span<const BlocksOfMcus> blocks, int count, WholeBlocks* whole);

  int mcus_left_in_row() const { return mcus_across_ - mcu_x_; }
  bool complete() const { return mcu_y_ == mcus_down_; }

 private:
  struct alignas(16) ReducedBlock {
    std::array<std::int16_t, 64> coefficients{};  // dequantized
  };

  // One component's samples at one size.
  struct Lane {
    FrameComponent component;
    int block_side;
    IdctFunction idct = nullptr;           // but for means
    std::vector<IdctBlock> idct_blocks{};  // room for a row's
    std::vector<ReducedBlock> edge_blocks{};

    void Transform(const BlocksOfMcus& blocks, int first_mcu, int count, Plane& plane);
    void TakeMeans(const BlocksOfMcus& blocks, int first_mcu, int count, Plane& plane) const;
    void AddEdgeBlock(const std::int16_t* coefficients, VisiblePart visible);
    // Those that were added, side by side from `first_column` on in a row of the MCU's blocks.
    void TransformEdgeBlocks(int first_column, int row, Plane& plane);
  };
  struct Output {
    std::vector<Lane> lanes;
    std::vector<Plane> planes;
    McuRowSink* sink;
  };

  // Where a component's visible blocks end: the last column and row, and what is visible of them.
  struct Edge {
    int last_column = 0;
    int last_row = 0;
    VisiblePart last;
  };

  explicit McuRows(const JpegFrame& frame);
  static Expected<Output> CreateOutput(const JpegFrame& frame, const ScanOutput& output);
  // Makes the samples of blocks that reach beyond the picture anew.
  void TransformEdges(std::size_t component, const BlocksOfMcus& blocks, int count,
                      WholeBlocks* whole);

  std::vector<Output> outputs_;  // that want more
  std::vector<Edge> edges_;      // of each component
  int mcus_across_;
  int mcus_down_;
  int mcu_x_ = 0;  // the next one's place
  int mcu_y_ = 0;
};

}  // namespace thimble
