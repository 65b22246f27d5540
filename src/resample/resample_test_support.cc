#include "resample/resample_test_support.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <utility>

#include "resample/resampler.h"

namespace thimble {
namespace {

template <class SampleAt>
Plane PlaneOf(Size size, SampleAt sample_at) {
  Plane plane = *Plane::Create(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double value = std::clamp<double>(sample_at(x, y), 0, 255);
      plane.mutable_row(y)[static_cast<std::size_t>(x)] =
          static_cast<std::uint8_t>(std::lround(value));
    }
  }
  return plane;
}

}  // namespace

AxisMap WholeAxis(int in_size, int out_size) {
  return {.in_size = in_size,
          .out_size = out_size,
          .scale = static_cast<double>(in_size) / out_size,
          .offset = 0};
}

Plane ConstantPlane(Size size, int value) {
  return PlaneOf(size, [&](int, int) { return value; });
}

Plane NoisePlane(Size size, std::uint32_t seed) {
  std::mt19937 random(seed);
  return PlaneOf(size, [&](int, int) {
    const auto bits = static_cast<std::uint32_t>(random());
    if (bits % 2 == 0) return bits % 4 == 0 ? 0U : 255U;
    return bits >> 24;
  });
}

Plane ChartPlane(Size size) {
  return PlaneOf(size, [&](int x, int y) {
    if (y < size.height / 4) return x / 5 % 2 == 0 ? 255.0 : 0.0;
    if (y < size.height / 2) return 255.0 * x / size.width;
    const double dx = x - size.width / 2.0;
    const double dy = y - size.height * 0.75;
    const double phase = (dx * dx + dy * dy) * std::numbers::pi / size.width;
    return 127.5 + 127.5 * std::cos(phase);
  });
}

Plane DiscPlane(Size size, double radius) {
  return PlaneOf(size, [&](int x, int y) {
    const double distance = std::hypot(x + 0.5 - size.width / 2.0, y + 0.5 - size.height / 2.0);
    return 255 * (radius + 0.5 - distance);
  });
}

Plane Resample(PlaneView in, const AxisMap& horizontal, const AxisMap& vertical, int band_rows) {
  Plane out = *Plane::Create({horizontal.out_size, vertical.out_size});
  PlaneResampler resampler = *PlaneResampler::Create(horizontal, vertical);
  for (int y = 0; y < in.height; y += band_rows) {
    resampler.Push({in.row(y).data(), in.width, std::min(band_rows, in.height - y), in.stride},
                   out.mutable_view());
  }
  THIMBLE_CHECK(resampler.done());
  return out;
}

}  // namespace thimble
