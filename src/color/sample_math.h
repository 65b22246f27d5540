// Integer arithmetic on 8-bit samples, in forms that compilers turn into SIMD.
#pragma once

#include <algorithm>
#include <cstdint>

namespace thimble {

constexpr int kMaxSample = 255;

constexpr std::uint8_t ClampedSample(int value) {
  return static_cast<std::uint8_t>(std::clamp(value, 0, kMaxSample));
}

// round(a * b / 255), exact. The sums fit 16 bits, which halves the vectors' width.
constexpr std::uint8_t ProductOfSamples(std::uint8_t a, std::uint8_t b) {
  const auto biased = static_cast<std::uint16_t>(a * b + 128);
  const auto sum = static_cast<std::uint16_t>(biased + (biased >> 8));
  return static_cast<std::uint8_t>(sum >> 8);
}

constexpr std::uint8_t Inverted(std::uint8_t sample) {
  return static_cast<std::uint8_t>(kMaxSample - sample);
}

// Coefficients of colour matrices: 13 bits after the point keep all that occur (up to 2.02) within
// 16 bits, so that products of them with samples are one or two SIMD instructions even on SSE2.
constexpr int kCoefficientBits = 13;

constexpr std::int16_t Coefficient(double value) {
  const double scaled = value * (1 << kCoefficientBits);
  return static_cast<std::int16_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

// A number with kCoefficientBits after its point, rounded to a sample.
constexpr std::uint8_t SampleFromFixed(int fixed) {
  return ClampedSample((fixed + (1 << (kCoefficientBits - 1))) >> kCoefficientBits);
}

}  // namespace thimble
