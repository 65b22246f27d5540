#include "codec/jpeg_bands.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace thimble {
namespace {

void Invert(Plane& plane, int height) {
  for (int y = 0; y < height; ++y) {
    for (std::uint8_t& sample : plane.mutable_row(y)) sample = static_cast<std::uint8_t>(~sample);
  }
}

}  // namespace

PlaneView ComponentRows::Take(Plane& decoded) {
  const int height = std::min(decoded.height(), rows_left_);
  rows_left_ -= height;
  if (inverted_) Invert(decoded, height);
  return {decoded.view().data, width_, height, decoded.stride()};
}

bool BandCutter::AcceptMcuRow(std::span<Plane> planes) {
  std::vector<PlaneView> band;
  band.reserve(planes.size());
  for (std::size_t i = 0; i < planes.size(); ++i) band.push_back(components_[i].Take(planes[i]));
  return bands_++ < held_back_ || sink_.AcceptBand(band);
}

void BandCutter::BeginAgain() {
  components_ = from_top_;
  held_back_ = std::exchange(bands_, 0);
}

}  // namespace thimble
