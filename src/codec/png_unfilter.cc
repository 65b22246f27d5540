#include "codec/png_unfilter.h"

#include <algorithm>
#include <array>
#include <cstring>

// As in resample/passes.cc: nothing here uses MulHigh, because of which GCC 12 gets a poor
// fallback.
#define HWY_BROKEN_EMU128 0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/png_unfilter.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

#include "codec/png_predictors-inl.h"

#ifndef THIMBLE_CODEC_PNG_UNFILTER_CC
#define THIMBLE_CODEC_PNG_UNFILTER_CC
namespace thimble {

inline constexpr std::size_t kMaxRowsAtOnce = 8;

// One value a row, for the rows that are undone together.
using RowLanes = std::array<std::uint32_t, kMaxRowsAtOnce>;

// Which rows have the filter of that type: all bits of their lanes.
using LanesOfFilter = std::array<RowLanes, kPngFilterTypes>;

struct UnfilterKernel {
  std::size_t rows_at_once = 0;
  void (*undo)(const LanesOfFilter& lanes_of, const std::uint32_t* above, std::size_t steps,
               std::uint32_t* skewed) = nullptr;
};

}  // namespace thimble
#endif

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using PixelTag = hn::CappedTag<std::uint32_t, kMaxRowsAtOnce>;
using SampleTag = hn::Repartition<std::uint8_t, PixelTag>;
using Samples = hn::Vec<SampleTag>;

void UndoFilters(const LanesOfFilter& lanes_of, const std::uint32_t* HWY_RESTRICT above,
                 std::size_t steps, std::uint32_t* HWY_RESTRICT skewed) {
  const PixelTag d;
  const SampleTag d8;
  const std::size_t rows = hn::Lanes(d);
  const auto mask_of = [&](std::size_t filter) HWY_ATTR {
    return hn::BitCast(d8, hn::LoadU(d, lanes_of[filter].data()));
  };
  const Samples sub = mask_of(1), up = mask_of(2), average = mask_of(3), paeth = mask_of(4);
  RowLanes row_above{};
  for (std::size_t row = 1; row < rows; ++row) row_above[row] = static_cast<std::uint32_t>(row - 1);
  const auto from_row_above = hn::SetTableIndices(d, row_above.data());
  const auto is_first_row = hn::FirstN(d, 1);

  Samples a = hn::Zero(d8), two_steps_ago = a, c = a;
  for (std::size_t step = 0; step < steps; ++step) {
    const auto rows_above = hn::TableLookupLanes(hn::BitCast(d, two_steps_ago), from_row_above);
    const Samples b =
        hn::BitCast(d8, hn::IfThenElse(is_first_row, hn::Set(d, above[step]), rows_above));
    const Samples straight = hn::Or(hn::And(a, sub), hn::And(b, up));
    const Samples mixed =
        hn::Or(hn::And(AverageRoundedDown(d8, a, b), average), hn::And(Paeth(d8, a, b, c), paeth));
    const Samples stored = hn::BitCast(d8, hn::LoadU(d, skewed + step * rows));
    two_steps_ago = a;
    a = hn::Add(stored, hn::Or(straight, mixed));
    c = b;
    hn::StoreU(hn::BitCast(d, a), d, skewed + step * rows);
  }
}

}  // namespace

UnfilterKernel MakeUnfilterKernel() { return {hn::Lanes(PixelTag()), &UndoFilters}; }

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(MakeUnfilterKernel);

namespace {

UnfilterKernel KernelForThisCpu() { return HWY_DYNAMIC_DISPATCH(MakeUnfilterKernel)(); }

// Rows stand two pixels behind the row above them.
constexpr std::size_t kSkew = 2;
constexpr std::size_t kBlockPixels = 64;

// A row's samples to one lane of every step, and back. The number of channels is a constant so that
// a pixel is moved by an instruction or two.
template <std::size_t kChannels>
void Spread(const std::uint8_t* samples, std::size_t width, std::uint32_t* lane,
            std::size_t lanes) {
  for (std::size_t x = 0; x < width; ++x) {
    std::uint32_t pixel = 0;
    std::memcpy(&pixel, samples + x * kChannels, kChannels);
    lane[x * lanes] = pixel;
  }
}

template <std::size_t kChannels>
void Gather(const std::uint32_t* lane, std::size_t lanes, std::size_t width,
            std::uint8_t* samples) {
  for (std::size_t x = 0; x < width; ++x) {
    std::memcpy(samples + x * kChannels, lane + x * lanes, kChannels);
  }
}

constexpr std::array kSpread = {&Spread<1>, &Spread<2>, &Spread<3>, &Spread<4>};
constexpr std::array kGather = {&Gather<1>, &Gather<2>, &Gather<3>, &Gather<4>};

std::uint32_t* ZeroedPixels(std::size_t count) {
  return static_cast<std::uint32_t*>(std::calloc(count, sizeof(std::uint32_t)));
}

}  // namespace

Expected<PngUnfilter> PngUnfilter::Create(int width, int channels) {
  THIMBLE_CHECK(width > 0 && channels >= 1 && channels <= 4);
  PngUnfilter unfilter;
  unfilter.width_ = static_cast<std::size_t>(width);
  unfilter.channels_ = static_cast<std::size_t>(channels);
  unfilter.stored_row_bytes_ = StoredPngRowBytes(width, channels);
  unfilter.rows_at_once_ = KernelForThisCpu().rows_at_once;
  unfilter.steps_ = unfilter.width_ + kSkew * (unfilter.rows_at_once_ - 1);
  unfilter.skewed_.reset(ZeroedPixels(unfilter.steps_ * unfilter.rows_at_once_));
  unfilter.above_.reset(ZeroedPixels(unfilter.steps_));
  if (!unfilter.skewed_ || !unfilter.above_) {
    return Fail(ErrorCode::kImageTooCostly, "no memory to undo filters");
  }
  return unfilter;
}

void PngUnfilter::UndoNextRows(std::span<std::uint8_t> stored_rows) {
  THIMBLE_CHECK(stored_rows.size() % stored_row_bytes_ == 0);
  const std::size_t count = stored_rows.size() / stored_row_bytes_;
  for (std::size_t row = 0; row < count; row += rows_at_once_) {
    UndoTogether(stored_rows.data() + row * stored_row_bytes_,
                 std::min(rows_at_once_, count - row));
  }
}

// Lanes without a row (count < rows_at_once_) are computed like the others and never read.
void PngUnfilter::UndoTogether(std::uint8_t* stored_rows, std::size_t count) {
  LanesOfFilter lanes_of{};
  for (std::size_t row = 0; row < count; ++row) {
    const std::size_t filter = stored_rows[row * stored_row_bytes_];
    THIMBLE_CHECK(filter < kPngFilterTypes);
    lanes_of[filter][row] = ~std::uint32_t{0};
  }
  // Block by block: else each row would fetch every cache line of the skewed pixels anew.
  const auto for_blocks = [&](const auto& move) {
    for (std::size_t x = 0; x < width_; x += kBlockPixels) {
      const std::size_t pixels = std::min(kBlockPixels, width_ - x);
      for (std::size_t row = 0; row < count; ++row) {
        move(stored_rows + row * stored_row_bytes_ + 1 + x * channels_, pixels,
             skewed_.get() + (x + kSkew * row) * rows_at_once_ + row);
      }
    }
  };
  const auto spread = kSpread[channels_ - 1];
  const auto gather = kGather[channels_ - 1];
  for_blocks([&](const std::uint8_t* samples, std::size_t pixels, std::uint32_t* lane) {
    spread(samples, pixels, lane, rows_at_once_);
  });
  KernelForThisCpu().undo(lanes_of, above_.get(), steps_, skewed_.get());
  for_blocks([&](std::uint8_t* samples, std::size_t pixels, const std::uint32_t* lane) {
    gather(lane, rows_at_once_, pixels, samples);
  });
  spread(stored_rows + (count - 1) * stored_row_bytes_ + 1, width_, above_.get(), 1);
}

}  // namespace thimble
#endif
