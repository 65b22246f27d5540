// Input: one byte that chooses the colour model, then a profile. Whatever the bytes: a small
// picture converts, since broken profiles count as none.
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "color/color.h"

namespace thimble {
namespace {

PlanarImage Gradient(ColorModel model) {
  PlanarImage picture;
  picture.size = {8, 2};
  picture.model = model;
  for (std::size_t i = 0; i < ColorPlaneCount(model); ++i) {
    auto plane = Plane::Create(picture.size);
    THIMBLE_CHECK(plane.has_value());
    int sample = 0;
    for (std::uint8_t& place : plane->mutable_row(1)) {
      place = static_cast<std::uint8_t>(sample += 28);
    }
    picture.planes.push_back(std::move(*plane));
  }
  return picture;
}

}  // namespace
}  // namespace thimble

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using thimble::ColorModel;
  if (size == 0) return 0;
  constexpr std::array kModels = {ColorModel::kRgb, ColorModel::kGray, ColorModel::kCmyk};
  const ColorModel model = kModels[data[0] % kModels.size()];
  const thimble::ByteSpan profile = {data + 1, size - 1};
  static_cast<void>(thimble::IsEffectivelySrgb(profile, model));
  const auto converted = thimble::SrgbFromProfile(thimble::Gradient(model), profile);
  THIMBLE_CHECK(converted && converted->model != ColorModel::kCmyk);
  return 0;
}
