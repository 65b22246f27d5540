#include "color/color.h"
#include "color/sample_math.h"

namespace thimble {
namespace {

// BT.601: black, white and the extent of chroma in the limited range.
constexpr int kLumaFoot = 16;
constexpr double kLumaSpan = 219;
constexpr double kChromaSpan = 224;
constexpr int kChromaCentre = 128;

// sample = (sample - from) * scale + to
struct RangeChange {
  std::int16_t scale;
  std::int16_t from;
  std::int16_t to;
};

constexpr RangeChange kExpandLuma = {Coefficient(kMaxSample / kLumaSpan), kLumaFoot, 0};
constexpr RangeChange kReduceLuma = {Coefficient(kLumaSpan / kMaxSample), 0, kLumaFoot};
constexpr RangeChange kExpandChroma = {Coefficient(kMaxSample / kChromaSpan), kChromaCentre,
                                       kChromaCentre};
constexpr RangeChange kReduceChroma = {Coefficient(kChromaSpan / kMaxSample), kChromaCentre,
                                       kChromaCentre};

void ChangeRange(Plane& plane, RangeChange change) {
  for (int y = 0; y < plane.height(); ++y) {
    for (std::uint8_t& sample : plane.mutable_row(y)) {
      const auto offset = static_cast<std::int16_t>(sample - change.from);
      sample = SampleFromFixed(offset * change.scale + (change.to << kCoefficientBits));
    }
  }
}

void ChangeRanges(PlanarImage& picture, RangeChange luma, RangeChange chroma) {
  ChangeRange(picture.planes[0], luma);
  ChangeRange(picture.planes[1], chroma);
  ChangeRange(picture.planes[2], chroma);
}

}  // namespace

void ExpandToFullRange(PlanarImage& picture) {
  THIMBLE_CHECK(picture.model == ColorModel::kYCbCrLimited);
  ChangeRanges(picture, kExpandLuma, kExpandChroma);
  picture.model = ColorModel::kYCbCr;
}

void ReduceToLimitedRange(PlanarImage& picture) {
  THIMBLE_CHECK(picture.model == ColorModel::kYCbCr);
  ChangeRanges(picture, kReduceLuma, kReduceChroma);
  picture.model = ColorModel::kYCbCrLimited;
}

}  // namespace thimble
