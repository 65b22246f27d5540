#include "resample/coefficients.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "resample/kernel.h"

namespace thimble {
namespace {

// 14 bits hold a weight of 1 (and the 1.3 of a kernel cut off at an edge) in an int16. 16 bits are
// as many as a sum of weighted intermediate samples (see passes.h) has room for in an int32.
constexpr int kMinShift = 14;
constexpr int kMaxShift = 16;
// Leaves the largest weight room for the rounding errors that it takes over (see RoundWeights).
constexpr double kLargestWeight = 32'000;

// With it a kernel that an edge cuts off still has room.
constexpr double kMaxSharpening = 1.0 / 16;

struct Taps {
  double center = 0;         // input samples
  std::int32_t begin = 0;    // the first input under the kernel
  std::int32_t end = 0;      // past the last one
  std::int32_t nearest = 0;  // the input whose weight is the largest

  std::size_t count() const { return static_cast<std::size_t>(end - begin); }
  std::size_t nearest_index() const { return static_cast<std::size_t>(nearest - begin); }
};

Taps TapsOf(const AxisMap& map, std::size_t output) {
  const double size = map.in_size;
  const double neighbours = map.sharpening > 0 ? 1 : 0;
  const double support = kLanczos3Support * std::max(1.0, map.scale) + neighbours;
  const double center =
      std::clamp((static_cast<double>(output) + 0.5) * map.scale + map.offset, 0.0, size);
  // Input i counts when |i + 0.5 - center| < support.
  return {
      .center = center,
      .begin = static_cast<std::int32_t>(std::max(std::floor(center - support - 0.5) + 1, 0.0)),
      .end = static_cast<std::int32_t>(std::min(std::ceil(center + support - 0.5), size)),
      .nearest = static_cast<std::int32_t>(std::min(std::floor(center), size - 1)),
  };
}

void Sharpen(float share, std::span<float> weights) {
  float before = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float weight = weights[i];
    const float behind = i + 1 < weights.size() ? weights[i + 1] : 0;
    weights[i] = weight + share * (2 * weight - before - behind);
    before = weight;
  }
}

// Writes the weights of one output, normalised to a sum of 1.
void FillWeights(const Taps& taps, const AxisMap& map, std::span<float> weights) {
  const double inverse_width = 1 / std::max(1.0, map.scale);
  const auto first = static_cast<float>((taps.begin + 0.5 - taps.center) * inverse_width);
  const auto step = static_cast<float>(inverse_width);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = Lanczos3(first + static_cast<float>(static_cast<std::int32_t>(i)) * step);
  }
  if (map.sharpening > 0) {
    // Room for neighbours: where no edge cuts it off, the kernel does not reach there.
    constexpr auto kSupport = static_cast<float>(kLanczos3Support);
    if (first <= -kSupport) weights.front() = 0;
    if (first + static_cast<float>(weights.size() - 1) * step >= kSupport) weights.back() = 0;
    Sharpen(static_cast<float>(map.sharpening), weights);
  }
  float sum = 0;
  for (const float weight : weights) sum += weight;
  const float factor = 1 / sum;
  for (float& weight : weights) weight *= factor;
}

int ShiftFor(float largest_weight) {
  int shift = kMinShift;
  while (shift < kMaxShift && std::ldexp(largest_weight, shift + 1) < kLargestWeight) ++shift;
  return shift;
}

// Rounds to integers that sum to exactly 1 << shift: the largest weight, where it matters least,
// takes the rounding error of all.
void RoundWeights(std::span<const float> weights, std::size_t largest, int shift,
                  std::int16_t* rounded) {
  const auto one = static_cast<float>(1 << shift);
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float scaled = weights[i] * one;
    const int nearest = static_cast<int>(scaled + (scaled < 0 ? -0.5F : 0.5F));
    rounded[i] = static_cast<std::int16_t>(nearest);
    sum += nearest;
  }
  rounded[largest] = static_cast<std::int16_t>(rounded[largest] + (1 << shift) - sum);
}

bool IsValid(const AxisMap& map) {
  return map.in_size > 0 && map.out_size > 0 && std::isfinite(map.scale) && map.scale > 0 &&
         std::isfinite(map.offset) && map.sharpening >= 0 && map.sharpening <= kMaxSharpening;
}

// Everything but the weights themselves.
Expected<AxisCoefficients> LayOut(const AxisMap& map) {
  AxisCoefficients axis;
  axis.outputs = static_cast<std::size_t>(map.out_size);
  // Centres only move right, so the first and the last output bound the inputs.
  const std::int32_t begin = TapsOf(map, 0).begin;
  axis.input_begin = static_cast<std::size_t>(begin);
  axis.input_end = static_cast<std::size_t>(TapsOf(map, axis.outputs - 1).end);
  THIMBLE_TRY(axis.first_pair, AlignedArray<std::int32_t>::Create(axis.outputs));
  THIMBLE_TRY(axis.tap_end, AlignedArray<std::int32_t>::Create(axis.outputs));
  for (std::size_t output = 0; output < axis.outputs; ++output) {
    const Taps taps = TapsOf(map, output);
    axis.first_pair[output] = (taps.begin - begin) / 2;
    axis.tap_end[output] = taps.end - begin;
    axis.max_pairs = std::max(axis.max_pairs, axis.pairs_of(output));
  }
  THIMBLE_TRY(axis.weights, AlignedArray<std::int16_t>::Create(axis.outputs * axis.max_pairs * 2));
  return axis;
}

}  // namespace

Expected<AxisCoefficients> CreateAxisCoefficients(const AxisMap& map) {
  if (!IsValid(map)) return Fail(ErrorCode::kInternal, "impossible axis map");
  THIMBLE_TRY(AxisCoefficients axis, LayOut(map));

  const std::size_t stride = axis.max_pairs * 2;
  THIMBLE_TRY(auto exact, AlignedArray<float>::Create(axis.outputs * stride));
  float largest = 0;
  for (std::size_t output = 0; output < axis.outputs; ++output) {
    const Taps taps = TapsOf(map, output);
    const std::span weights(exact.data() + output * stride, taps.count());
    FillWeights(taps, map, weights);
    largest = std::max(largest, weights[taps.nearest_index()]);
  }

  axis.shift = ShiftFor(largest);
  for (std::size_t output = 0; output < axis.outputs; ++output) {
    const Taps taps = TapsOf(map, output);
    // The first tap may be the second input of its pair.
    const std::size_t lead = (static_cast<std::size_t>(taps.begin) - axis.input_begin) % 2;
    RoundWeights({exact.data() + output * stride, taps.count()}, taps.nearest_index(), axis.shift,
                 axis.weights.data() + output * stride + lead);
  }
  return axis;
}

}  // namespace thimble
