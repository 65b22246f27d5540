#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "color/color.h"
#include "color/sample_math.h"

namespace thimble {
namespace {

// BT.601, encoding. Each row of coefficients sums to exactly 1 or 0, so that gray stays gray.
struct RgbWeights {
  std::int16_t red;
  std::int16_t green;
  std::int16_t blue;
};
constexpr RgbWeights kLuma = {Coefficient(0.299), Coefficient(0.587), Coefficient(0.114)};
constexpr RgbWeights kCb = {Coefficient(-0.168736), Coefficient(-0.331264), Coefficient(0.5)};
constexpr RgbWeights kCr = {Coefficient(0.5), Coefficient(-0.418688), Coefficient(-0.081312)};
static_assert(kLuma.red + kLuma.green + kLuma.blue == 1 << kCoefficientBits);
static_assert(kCb.red + kCb.green + kCb.blue == 0);
static_assert(kCr.red + kCr.green + kCr.blue == 0);

template <class Sample>
constexpr int Weighted(RgbWeights weights, Sample red, Sample green, Sample blue) {
  return red * weights.red + green * weights.green + blue * weights.blue;
}

void LumaRow(std::span<const std::uint8_t> red, std::span<const std::uint8_t> green,
             std::span<const std::uint8_t> blue, std::span<std::uint8_t> luma) {
  for (std::size_t i = 0; i < luma.size(); ++i) {
    luma[i] = SampleFromFixed(
        Weighted(kLuma, std::int16_t{red[i]}, std::int16_t{green[i]}, std::int16_t{blue[i]}));
  }
}

void LumaPlane(const PlanarImage& picture, Plane& luma) {
  for (int y = 0; y < luma.height(); ++y) {
    LumaRow(picture.planes[0].row(y), picture.planes[1].row(y), picture.planes[2].row(y),
            luma.mutable_row(y));
  }
}

// Adds to each sum the kColumns samples that its block has in this row. Where the last block
// overhangs the picture, the row's last sample stands in.
template <std::size_t kColumns>
void AddColumns(std::span<const std::uint8_t> row, std::span<std::int16_t> sums) {
  const std::size_t whole_blocks = row.size() / kColumns;
  for (std::size_t x = 0; x < whole_blocks; ++x) {
    int sum = sums[x];
    for (std::size_t column = 0; column < kColumns; ++column) sum += row[x * kColumns + column];
    sums[x] = static_cast<std::int16_t>(sum);
  }
  if (whole_blocks == sums.size()) return;
  int sum = sums[whole_blocks];
  for (std::size_t column = 0; column < kColumns; ++column) {
    sum += row[std::min(whole_blocks * kColumns + column, row.size() - 1)];
  }
  sums[whole_blocks] = static_cast<std::int16_t>(sum);
}

void AddBlocks(std::span<const std::uint8_t> row, int columns, std::span<std::int16_t> sums) {
  switch (columns) {
    case 1: AddColumns<1>(row, sums); break;
    case 2: AddColumns<2>(row, sums); break;
    default: AddColumns<4>(row, sums); break;
  }
}

// `sums` hold 2^weight_bits samples each.
void ChromaRow(const std::array<std::vector<std::int16_t>, 3>& sums, RgbWeights weights,
               int weight_bits, std::span<std::uint8_t> chroma) {
  const int shift = kCoefficientBits + weight_bits;
  const int centre = (128 << shift) + (1 << (shift - 1));
  const std::span<const std::int16_t> red = sums[0];
  const std::span<const std::int16_t> green = sums[1];
  const std::span<const std::int16_t> blue = sums[2];
  for (std::size_t i = 0; i < chroma.size(); ++i) {
    chroma[i] = ClampedSample((Weighted(weights, red[i], green[i], blue[i]) + centre) >> shift);
  }
}

constexpr bool IsSupportedFactor(int factor) { return factor == 1 || factor == 2 || factor == 4; }
constexpr int Log2(int factor) { return factor == 4 ? 2 : factor - 1; }

// The matrix is linear, so averaging RGB first costs one rounding less than averaging chroma.
void ChromaPlanes(const PlanarImage& picture, ChromaSubsampling chroma, Plane& cb, Plane& cr) {
  const int weight_bits = Log2(chroma.horizontal) + Log2(chroma.vertical);
  std::array<std::vector<std::int16_t>, 3> sums;
  for (int y = 0; y < cb.height(); ++y) {
    for (std::size_t channel = 0; channel < sums.size(); ++channel) {
      sums[channel].assign(static_cast<std::size_t>(cb.width()), 0);
      for (int i = 0; i < chroma.vertical; ++i) {
        const int row = std::min(y * chroma.vertical + i, picture.size.height - 1);
        AddBlocks(picture.planes[channel].row(row), chroma.horizontal, sums[channel]);
      }
    }
    ChromaRow(sums, kCb, weight_bits, cb.mutable_row(y));
    ChromaRow(sums, kCr, weight_bits, cr.mutable_row(y));
  }
}

}  // namespace

Expected<PlanarImage> YCbCrFromRgb(const PlanarImage& picture, ChromaSubsampling chroma) {
  THIMBLE_CHECK(picture.model == ColorModel::kRgb && !picture.has_alpha);
  THIMBLE_CHECK(IsSupportedFactor(chroma.horizontal) && IsSupportedFactor(chroma.vertical));
  const Size chroma_size = {(picture.size.width + chroma.horizontal - 1) / chroma.horizontal,
                            (picture.size.height + chroma.vertical - 1) / chroma.vertical};
  PlanarImage result;
  result.size = picture.size;
  result.model = ColorModel::kYCbCr;
  result.chroma = chroma;
  for (const Size size : {picture.size, chroma_size, chroma_size}) {
    THIMBLE_TRY(Plane plane, Plane::Create(size));
    result.planes.push_back(std::move(plane));
  }
  LumaPlane(picture, result.planes[0]);
  ChromaPlanes(picture, chroma, result.planes[1], result.planes[2]);
  return result;
}

Expected<PlanarImage> GrayFromRgb(PlanarImage picture) {
  THIMBLE_CHECK(picture.model == ColorModel::kRgb);
  LumaPlane(picture, picture.planes[0]);
  picture.planes.erase(picture.planes.begin() + 1, picture.planes.begin() + 3);
  picture.model = ColorModel::kGray;
  return picture;
}

}  // namespace thimble
