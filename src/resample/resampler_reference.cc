#include "resample/resampler_reference.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

namespace thimble {
namespace {

double Sinc(double x) {
  if (x == 0) return 1;
  return std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

double Lanczos(double x) { return std::abs(x) < 3 ? Sinc(x) * Sinc(x / 3) : 0; }

// The weight of every input sample for one output sample.
std::vector<double> WeightsOf(const AxisMap& map, int output) {
  const double width = std::max(1.0, map.scale);
  const double center =
      std::clamp((output + 0.5) * map.scale + map.offset, 0.0, double{1} * map.in_size);
  const auto kernel = [&](int input) {
    const bool exists = input >= 0 && input < map.in_size;
    return exists ? Lanczos((input + 0.5 - center) / width) : 0;
  };
  std::vector<double> weights;
  double sum = 0;
  for (int i = 0; i < map.in_size; ++i) {
    const double neighbours = kernel(i - 1) + kernel(i + 1);
    weights.push_back(kernel(i) + map.sharpening * (2 * kernel(i) - neighbours));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// Row-major samples before rounding.
struct Samples {
  int width = 0;
  int height = 0;
  std::vector<double> values;
  double& at(int x, int y) {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
};

Samples MakeSamples(int width, int height) {
  return {width, height,
          std::vector<double>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height))};
}

Samples FilterHorizontally(Samples in, const AxisMap& map) {
  Samples out = MakeSamples(map.out_size, in.height);
  for (int x = 0; x < map.out_size; ++x) {
    const std::vector<double> weights = WeightsOf(map, x);
    for (int i = 0; i < map.in_size; ++i) {
      const double weight = weights[static_cast<std::size_t>(i)];
      if (weight == 0) continue;
      for (int y = 0; y < in.height; ++y) out.at(x, y) += weight * in.at(i, y);
    }
  }
  return out;
}

Samples Transposed(Samples in) {
  Samples out = MakeSamples(in.height, in.width);
  for (int y = 0; y < in.height; ++y) {
    for (int x = 0; x < in.width; ++x) out.at(y, x) = in.at(x, y);
  }
  return out;
}

Samples SamplesOf(PlaneView in) {
  Samples samples = MakeSamples(in.width, in.height);
  for (int y = 0; y < in.height; ++y) {
    for (int x = 0; x < in.width; ++x) samples.at(x, y) = in.row(y)[static_cast<std::size_t>(x)];
  }
  return samples;
}

Samples FilterBothWays(Samples samples, const AxisMap& horizontal, const AxisMap& vertical) {
  samples = FilterHorizontally(std::move(samples), horizontal);
  return Transposed(FilterHorizontally(Transposed(std::move(samples)), vertical));
}

std::uint8_t Rounded(double value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

}  // namespace

Plane ResampleReference(PlaneView in, const AxisMap& horizontal, const AxisMap& vertical) {
  Samples samples = FilterBothWays(SamplesOf(in), horizontal, vertical);
  Plane out = *Plane::Create({horizontal.out_size, vertical.out_size});
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) {
      out.mutable_row(y)[static_cast<std::size_t>(x)] = Rounded(samples.at(x, y));
    }
  }
  return out;
}

Plane ResampleReferenceUnderAlpha(PlaneView in, PlaneView alpha, std::uint8_t neutral,
                                  const AxisMap& horizontal, const AxisMap& vertical) {
  double low = 255;
  double high = 0;
  for (int y = 0; y < in.height; ++y) {
    for (std::size_t x = 0; x < in.row(y).size(); ++x) {
      if (alpha.row(y)[x] == 0) continue;
      low = std::min<double>(low, in.row(y)[x]);
      high = std::max<double>(high, in.row(y)[x]);
    }
  }
  Samples products = SamplesOf(in);
  Samples weights = SamplesOf(alpha);
  for (std::size_t i = 0; i < products.values.size(); ++i) products.values[i] *= weights.values[i];
  products = FilterBothWays(std::move(products), horizontal, vertical);
  weights = FilterBothWays(std::move(weights), horizontal, vertical);
  Plane out = *Plane::Create({horizontal.out_size, vertical.out_size});
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) {
      const double weight = weights.at(x, y);
      double sample = Rounded(weight) == 0 ? neutral : products.at(x, y) / weight;
      if (Rounded(weight) > 0 && Rounded(weight) < 255) {
        sample = std::min(std::max(sample, low), high);
      }
      out.mutable_row(y)[static_cast<std::size_t>(x)] = Rounded(sample);
    }
  }
  return out;
}

}  // namespace thimble
