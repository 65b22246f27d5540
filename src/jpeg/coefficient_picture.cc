#include "jpeg/coefficient_picture.h"

#include <utility>

namespace thimble {

static_assert(alignof(std::max_align_t) >= 16, "what calloc gives suits the inverse DCT");

Expected<CoefficientPicture> CoefficientPicture::Create(std::span<const BlockGrid> grids) {
  CoefficientPicture picture;
  for (const BlockGrid& grid : grids) {
    if (grid.across <= 0 || grid.down <= 0) return Fail(ErrorCode::kInternal, "no blocks");
    // At most 2^31 * 2^31: no overflow; calloc looks after the rest.
    const auto blocks = static_cast<std::size_t>(grid.across) * static_cast<std::size_t>(grid.down);
    void* const zeros = std::calloc(blocks, kCoefficientsInBlock * sizeof(std::int16_t));
    if (zeros == nullptr) return Fail(ErrorCode::kImageTooCostly, "no memory for coefficients");
    Component component{.grid = grid, .coefficients = {}};
    component.coefficients.reset(static_cast<std::int16_t*>(zeros));
    picture.components_.push_back(std::move(component));
  }
  return picture;
}

}  // namespace thimble
