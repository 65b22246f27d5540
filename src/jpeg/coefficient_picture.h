// The quantized coefficients of a picture, or of some rows of its blocks.
//
// Thread-safety: a value. Ownership: owns its memory, 128 bytes a block, which costs nothing before
// it is touched. Errors: kImageTooCostly without memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "base/c_ptr.h"
#include "base/error.h"

namespace thimble {

inline constexpr std::size_t kCoefficientsInBlock = 64;

// A component's blocks: whole MCUs of all components interleaved.
struct BlockGrid {
  int across = 0;
  int down = 0;
  friend bool operator==(const BlockGrid&, const BlockGrid&) = default;
};

class CoefficientPicture {
 public:
  // A component for each grid; all coefficients are zero.
  static Expected<CoefficientPicture> Create(std::span<const BlockGrid> grids);

  BlockGrid grid(std::size_t component) const { return components_[component].grid; }

  // The blocks of a row, from left to right: kCoefficientsInBlock each, row by row (not in zigzag
  // order), not dequantized, 16-byte aligned.
  const std::int16_t* row(std::size_t component, int y) const {
    return components_[component].row(y);
  }
  std::int16_t* mutable_row(std::size_t component, int y) { return components_[component].row(y); }

 private:
  struct Component {
    std::int16_t* row(int y) const {
      return coefficients.get() + static_cast<std::size_t>(y) *
                                      static_cast<std::size_t>(grid.across) * kCoefficientsInBlock;
    }

    BlockGrid grid;
    CPtr<std::int16_t, &std::free> coefficients;
  };

  std::vector<Component> components_;
};

}  // namespace thimble
