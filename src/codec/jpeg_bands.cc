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

int ScaledBlockSide(const jpeg_component_info& component) {
#if JPEG_LIB_VERSION >= 70
  return component.DCT_v_scaled_size;
#else
  return component.DCT_scaled_size;
#endif
}

PlaneView ComponentRows::Take(Plane& decoded) {
  const int height = std::min(decoded.height(), rows_left_);
  rows_left_ -= height;
  if (inverted_) Invert(decoded, height);
  return {decoded.view().data, width_, height, decoded.stride()};
}

Expected<ComponentBand> ComponentBand::Create(const jpeg_component_info& component) {
  const int block_side = ScaledBlockSide(component);
  // libjpeg writes whole blocks, also where the picture's width ends inside one.
  const int width = static_cast<int>(component.width_in_blocks) * block_side;
  THIMBLE_TRY(Plane samples, Plane::Create({width, component.v_samp_factor * block_side}));
  return ComponentBand(std::move(samples));
}

ComponentBand::ComponentBand(Plane samples) : samples_(std::move(samples)) {
  for (int y = 0; y < samples_.height(); ++y) rows_.push_back(samples_.mutable_row(y).data());
}

bool BandCutter::AcceptMcuRow(std::span<Plane> planes) {
  std::vector<PlaneView> band;
  band.reserve(planes.size());
  for (std::size_t i = 0; i < planes.size(); ++i) band.push_back(components_[i].Take(planes[i]));
  return Push(band);
}

bool BandCutter::AcceptBand(std::vector<ComponentBand>& bands) {
  std::vector<PlaneView> band;
  band.reserve(bands.size());
  for (std::size_t i = 0; i < bands.size(); ++i) {
    band.push_back(components_[i].Take(bands[i].samples()));
  }
  return Push(band);
}

void BandCutter::BeginAgain() {
  components_ = from_top_;
  held_back_ = std::exchange(bands_, 0);
}

bool BandCutter::Push(std::span<const PlaneView> band) {
  return bands_++ < held_back_ || sink_.AcceptBand(band);
}

}  // namespace thimble
