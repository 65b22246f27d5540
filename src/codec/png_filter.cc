#include "codec/png_filter.h"

#include <algorithm>

// As in resample/passes.cc: nothing here uses MulHigh, because of which GCC 12 gets a poor
// fallback.
#define HWY_BROKEN_EMU128 0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/png_filter.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each target
#include <hwy/highway.h>

#include "codec/png_predictors-inl.h"

#ifndef THIMBLE_CODEC_PNG_FILTER_CC
#define THIMBLE_CODEC_PNG_FILTER_CC
namespace thimble {

// Vectors are loaded whole: rows have room up to the next multiple of this.
inline constexpr std::size_t kMaxVectorBytes = 64;

struct FilterInput {
  const std::uint8_t* row = nullptr;    // `pixel_bytes` zeros are before it,
  const std::uint8_t* above = nullptr;  // and before this one
  std::size_t row_bytes = 0;
  std::size_t pixel_bytes = 0;
};

using Candidates = std::array<std::uint8_t*, kPngFilterTypes>;
using Costs = std::array<std::uint64_t, kPngFilterTypes>;

}  // namespace thimble
#endif

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// Writes the residuals of every filter and returns the sums of their absolute values.
Costs FilterEveryWay(const FilterInput& in, const Candidates& out) {
  const hn::CappedTag<std::uint8_t, kMaxVectorBytes> d;
  const hn::Repartition<std::uint64_t, decltype(d)> d64;
  const std::size_t lanes = hn::Lanes(d);
  auto none = hn::Zero(d64), sub = none, up = none, average = none, paeth = none;
  for (std::size_t x = 0; x < in.row_bytes; x += lanes) {
    const auto in_row = hn::FirstN(d, std::min(lanes, in.row_bytes - x));
    const auto sample = hn::LoadU(d, in.row + x);
    const auto a = hn::LoadU(d, in.row + x - in.pixel_bytes);
    const auto b = hn::LoadU(d, in.above + x);
    const auto c = hn::LoadU(d, in.above + x - in.pixel_bytes);
    const auto take = [&](auto prediction, std::uint8_t* to, auto& cost) HWY_ATTR {
      const auto residual = hn::Sub(sample, prediction);
      hn::StoreU(residual, d, to + x);
      const auto magnitude = hn::Min(residual, hn::Sub(hn::Zero(d), residual));
      cost = hn::Add(cost, hn::SumsOf8(hn::IfThenElseZero(in_row, magnitude)));
    };
    take(hn::Zero(d), out[0], none);
    take(a, out[1], sub);
    take(b, out[2], up);
    take(AverageRoundedDown(d, a, b), out[3], average);
    take(Paeth(d, a, b, c), out[4], paeth);
  }
  const auto total = [&](auto sums) HWY_ATTR { return hn::GetLane(hn::SumOfLanes(d64, sums)); };
  return {total(none), total(sub), total(up), total(average), total(paeth)};
}

}  // namespace

using FilterFunction = Costs (*)(const FilterInput&, const Candidates&);
FilterFunction ChooseFilterEveryWay() { return &FilterEveryWay; }

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thimble {

HWY_EXPORT(ChooseFilterEveryWay);

namespace {

// What stands before the samples in a buffer: zeros where the pixel to the left would be, or the
// filter's type in the last byte. A whole vector, so that the samples are aligned.
constexpr int kLeadBytes = static_cast<int>(kMaxVectorBytes);

int BufferBytes(std::size_t row_bytes) { return 2 * kLeadBytes + static_cast<int>(row_bytes); }

}  // namespace

Expected<PngFilter> PngFilter::Create(int width, int channels) {
  THIMBLE_CHECK(width > 0 && channels >= 1 && channels <= 4);
  PngFilter filter;
  filter.row_bytes_ = StoredPngRowBytes(width, channels) - 1;
  filter.channels_ = static_cast<std::size_t>(channels);
  const int bytes = BufferBytes(filter.row_bytes_);
  THIMBLE_TRY(filter.rows_, Plane::Create({bytes, 2}));
  THIMBLE_TRY(filter.candidates_, Plane::Create({bytes, kPngFilterTypes}));
  for (int type = 0; type < kPngFilterTypes; ++type) {
    filter.candidates_.mutable_row(type)[kLeadBytes - 1] = static_cast<std::uint8_t>(type);
  }
  return filter;
}

std::span<std::uint8_t> PngFilter::next_row() {
  return rows_.mutable_row(current_).subspan(kLeadBytes, row_bytes_);
}

std::span<const std::uint8_t> PngFilter::FilterRow() {
  Candidates candidates{};
  for (int type = 0; type < kPngFilterTypes; ++type) {
    candidates[static_cast<std::size_t>(type)] = candidates_.mutable_row(type).data() + kLeadBytes;
  }
  const FilterInput input{.row = rows_.row(current_).data() + kLeadBytes,
                          .above = rows_.row(1 - current_).data() + kLeadBytes,
                          .row_bytes = row_bytes_,
                          .pixel_bytes = channels_};
  const Costs costs = HWY_DYNAMIC_DISPATCH(ChooseFilterEveryWay)()(input, candidates);
  const auto cheapest = std::ranges::min_element(costs) - costs.begin();
  current_ = 1 - current_;
  return candidates_.row(static_cast<int>(cheapest)).subspan(kLeadBytes - 1, 1 + row_bytes_);
}

}  // namespace thimble
#endif
