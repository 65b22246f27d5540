// From coefficients to rows of MCUs, each component at a size of its own, for any number of
// receivers.
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
  kNotRead,   // not for this decoder, from where the sinks got no more rows
};

// Of this component's blocks no more than so many of the lowest frequencies each way are wanted.
inline int LargestSide(std::span<const ScanOutput> outputs, std::size_t component) {
  int side = 1;
  for (const ScanOutput& output : outputs) side = std::max(side, output.block_sides[component]);
  return side;
}

// Where one component's blocks lie, of MCUs that follow one another in a row.
struct BlocksOfMcus {
  // The first MCU's first block of each of its rows of blocks.
  std::array<const std::int16_t*, kMaxSamplingFactor> rows{};
  std::ptrdiff_t block_step = 64;  // coefficients from a block to the next in its row
  std::ptrdiff_t mcu_step = 64;    // from an MCU to the next
};

class McuRows {
 public:
  static Expected<McuRows> Create(const JpegFrame& frame, std::span<const ScanOutput> outputs);

  // Transforms `count` MCUs, the next ones in the row that is being filled; `blocks` tells of each
  // component. A row must not be filled beyond its end. Gives false when all sinks have enough.
  bool Add(std::span<const BlocksOfMcus> blocks, int count);

  int mcus_left_in_row() const { return mcus_across_ - mcu_x_; }
  bool complete() const { return rows_left_ == 0; }

 private:
  // One component's samples at one size.
  struct Lane {
    FrameComponent component;
    int block_side;
    IdctFunction idct = nullptr;           // but for means
    std::vector<IdctBlock> idct_blocks{};  // room for a row's

    void Transform(const BlocksOfMcus& blocks, int first_mcu, int count, Plane& plane);
    void TakeMeans(const BlocksOfMcus& blocks, int first_mcu, int count, Plane& plane) const;
  };
  struct Output {
    std::vector<Lane> lanes;
    std::vector<Plane> planes;
    McuRowSink* sink;
  };

  explicit McuRows(const JpegFrame& frame)
      : mcus_across_(frame.mcus_across), rows_left_(frame.mcus_down) {}
  static Expected<Output> CreateOutput(const JpegFrame& frame, const ScanOutput& output);

  std::vector<Output> outputs_;  // that want more
  int mcus_across_;
  int rows_left_;
  int mcu_x_ = 0;  // the next one's place
};

}  // namespace thimble
