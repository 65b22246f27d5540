#include <algorithm>
#include <cstddef>
#include <utility>

#include "color/color.h"
#include "color/sample_math.h"

namespace thimble {
namespace {

// BT.601, decoding: what each of Y, Cb and Cr adds to R, G and B.
struct YCbCrMatrix {
  std::int16_t luma;
  std::int16_t red_from_cr;
  std::int16_t green_from_cb;
  std::int16_t green_from_cr;
  std::int16_t blue_from_cb;
  std::int16_t black;  // the luma of black
};

constexpr YCbCrMatrix MatrixFor(double luma_span, double chroma_span, std::int16_t black) {
  const double luma = kMaxSample / luma_span;
  const double chroma = kMaxSample / chroma_span;
  return {Coefficient(luma),
          Coefficient(1.402 * chroma),
          Coefficient(-0.344136 * chroma),
          Coefficient(-0.714136 * chroma),
          Coefficient(1.772 * chroma),
          black};
}

constexpr YCbCrMatrix kFullRange = MatrixFor(255, 255, 0);
constexpr YCbCrMatrix kLimitedRange = MatrixFor(219, 224, 16);
constexpr int kChromaCentre = 128;

// In place: Y becomes red, Cb green, Cr blue.
void DecodeRow(std::span<std::uint8_t> first, std::span<std::uint8_t> second,
               std::span<std::uint8_t> third, const YCbCrMatrix matrix) {
  for (std::size_t i = 0; i < first.size(); ++i) {
    const auto y = static_cast<std::int16_t>(first[i] - matrix.black);
    const auto cb = static_cast<std::int16_t>(second[i] - kChromaCentre);
    const auto cr = static_cast<std::int16_t>(third[i] - kChromaCentre);
    const int luma = y * matrix.luma;
    first[i] = SampleFromFixed(luma + cr * matrix.red_from_cr);
    second[i] = SampleFromFixed(luma + cb * matrix.green_from_cb + cr * matrix.green_from_cr);
    third[i] = SampleFromFixed(luma + cb * matrix.blue_from_cb);
  }
}

void DecodeYCbCr(PlanarImage& picture, const YCbCrMatrix& matrix) {
  for (int y = 0; y < picture.size.height; ++y) {
    DecodeRow(picture.planes[0].mutable_row(y), picture.planes[1].mutable_row(y),
              picture.planes[2].mutable_row(y), matrix);
  }
}

// What light an ink and the black over it leave.
void LeaveLight(std::span<std::uint8_t> ink, std::span<const std::uint8_t> black) {
  for (std::size_t i = 0; i < ink.size(); ++i) {
    ink[i] = ProductOfSamples(Inverted(ink[i]), Inverted(black[i]));
  }
}

// In place: cyan becomes red, magenta green, yellow blue; black goes.
void DecodeCmyk(PlanarImage& picture) {
  constexpr std::ptrdiff_t kBlack = 3;
  for (int y = 0; y < picture.size.height; ++y) {
    const std::span<const std::uint8_t> black = picture.planes[kBlack].row(y);
    for (std::size_t ink = 0; ink < kBlack; ++ink) {
      LeaveLight(picture.planes[ink].mutable_row(y), black);
    }
  }
  picture.planes.erase(picture.planes.begin() + kBlack);
}

Status SpreadGray(PlanarImage& picture) {
  for (std::ptrdiff_t i = 1; i <= 2; ++i) {
    THIMBLE_TRY(Plane copy, Plane::Create(picture.size));
    for (int y = 0; y < picture.size.height; ++y) {
      std::ranges::copy(picture.planes[0].row(y), copy.mutable_row(y).begin());
    }
    picture.planes.insert(picture.planes.begin() + i, std::move(copy));
  }
  return {};
}

}  // namespace

Expected<PlanarImage> RgbFrom(PlanarImage picture) {
  THIMBLE_CHECK(picture.chroma == ChromaSubsampling{});
  switch (picture.model) {
    case ColorModel::kRgb: break;
    case ColorModel::kGray:
      if (Status status = SpreadGray(picture); !status) return Forward(status);
      break;
    case ColorModel::kYCbCr: DecodeYCbCr(picture, kFullRange); break;
    case ColorModel::kYCbCrLimited: DecodeYCbCr(picture, kLimitedRange); break;
    case ColorModel::kCmyk: DecodeCmyk(picture); break;
    case ColorModel::kYcck:
      DecodeYCbCr(picture, kFullRange);  // its first three planes code the inks as if they were RGB
      DecodeCmyk(picture);
      break;
  }
  picture.model = ColorModel::kRgb;
  return picture;
}

}  // namespace thimble
