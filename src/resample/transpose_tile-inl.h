// Turns squares of 8-bit samples from columns into rows. For use inside Highway's per-target code
// only; no state.

// The guard is toggled so that every target gets its own.
#if defined(THIMBLE_RESAMPLE_TRANSPOSE_TILE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef THIMBLE_RESAMPLE_TRANSPOSE_TILE_INL_H
#undef THIMBLE_RESAMPLE_TRANSPOSE_TILE_INL_H
#else
#define THIMBLE_RESAMPLE_TRANSPOSE_TILE_INL_H
#endif

#include <cstddef>
#include <cstdint>
#include <hwy/highway.h>

#include "resample/passes.h"

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {

// A tile of kBatchRows x kBatchRows samples, in place. Interleaving the two halves of a square of
// 2^n lines n times transposes it.
HWY_INLINE void TransposeTile(std::uint8_t* HWY_RESTRICT tile, std::uint8_t* HWY_RESTRICT scratch) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::FixedTag<std::uint8_t, kBatchRows> d;
  constexpr std::size_t kHalf = kBatchRows * kBatchRows / 2;
  const auto interleave = [&](const std::uint8_t* from, std::uint8_t* to) HWY_ATTR {
    for (std::size_t i = 0; i < kHalf; i += kBatchRows) {
      const auto upper = hn::Load(d, from + i);
      const auto lower = hn::Load(d, from + i + kHalf);
      hn::Store(hn::InterleaveLower(d, upper, lower), d, to + 2 * i);
      hn::Store(hn::InterleaveUpper(d, upper, lower), d, to + 2 * i + kBatchRows);
    }
  };
  interleave(tile, scratch);
  interleave(scratch, tile);
  interleave(tile, scratch);
  interleave(scratch, tile);
}

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
