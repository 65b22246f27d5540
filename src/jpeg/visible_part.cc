#include "jpeg/visible_part.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numbers>

namespace thimble {
namespace {

constexpr std::size_t kSide = 8;
constexpr int kFractionBits = 12;  // of the matrices
constexpr int kExtraBits = 2;      // of what is between the two products
// Far beyond what 8-bit samples give. Damaged data may hold more, which must not overflow.
constexpr std::int32_t kMaxCoefficient = 4095;

// Of one dimension: [frequency that comes out][frequency that goes in].
using Matrix = std::array<std::array<std::int32_t, kSide>, kSide>;

// cos(quarters * pi / 16), by its series: std::cos is no constant expression.
constexpr double Cosine(std::size_t quarters) {
  const double angle = static_cast<double>(quarters % 32) * std::numbers::pi / 16;
  double sum = 1;
  double term = 1;
  for (int i = 1; i < 40; i += 2) {
    term *= -angle * angle / (i * (i + 1));
    sum += term;
  }
  return sum;
}

// How much of a sample a frequency gives, where DC gives 1.
constexpr std::array<std::array<double, kSide>, kSide> kWeights = [] {
  std::array<std::array<double, kSide>, kSide> weights{};
  for (std::size_t frequency = 0; frequency < kSide; ++frequency) {
    for (std::size_t sample = 0; sample < kSide; ++sample) {
      weights[frequency][sample] =
          frequency == 0 ? 1 : std::numbers::sqrt2 * Cosine(frequency * (2 * sample + 1));
    }
  }
  return weights;
}();

constexpr std::int32_t FixedPoint(double value) {
  const double scaled = value * (1 << kFractionBits);
  return static_cast<std::int32_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

// To samples, the last visible one repeated, and back to frequencies.
constexpr Matrix RepeatingFrom(std::size_t visible) {
  Matrix matrix{};
  for (std::size_t out = 0; out < kSide; ++out) {
    for (std::size_t in = 0; in < kSide; ++in) {
      double sum = 0;
      for (std::size_t sample = 0; sample < kSide; ++sample) {
        sum += kWeights[out][sample] * kWeights[in][std::min(sample, visible - 1)];
      }
      matrix[out][in] = FixedPoint(sum / kSide);
    }
  }
  return matrix;
}

// By the number of visible samples.
constexpr std::array<Matrix, kSide> kRepeating = {
    Matrix{},         RepeatingFrom(1), RepeatingFrom(2), RepeatingFrom(3),
    RepeatingFrom(4), RepeatingFrom(5), RepeatingFrom(6), RepeatingFrom(7)};

template <int kBits>
std::int32_t Descale(std::int32_t value, std::int32_t limit) {
  return std::clamp((value + (1 << (kBits - 1))) >> kBits, -limit, limit);
}

}  // namespace

void RepeatVisiblePart(const std::int16_t* coefficients, const QuantizationTable& quantization,
                       VisiblePart visible, int side, std::int16_t* reduced) {
  const auto size = static_cast<std::size_t>(side);
  // What is whole one way needs none but its lowest frequencies that way.
  const std::size_t across = visible.width < 8 ? kSide : size;
  const std::size_t down = visible.height < 8 ? kSide : size;
  std::array<std::array<std::int32_t, kSide>, kSide> block{};
  for (std::size_t y = 0; y < down; ++y) {
    for (std::size_t x = 0; x < across; ++x) {
      const std::size_t at = y * kSide + x;
      const std::int32_t value = std::int32_t{coefficients[at]} * quantization[at];
      block[y][x] = std::clamp(value, -kMaxCoefficient, kMaxCoefficient) * (1 << kExtraBits);
    }
  }
  constexpr std::int32_t kLimit = kMaxCoefficient << kExtraBits;
  if (visible.height < 8) {
    const Matrix& matrix = kRepeating[static_cast<std::size_t>(visible.height)];
    const auto rows = block;
    for (std::size_t y = 0; y < size; ++y) {
      std::array<std::int32_t, kSide> sums{};
      for (std::size_t in = 0; in < kSide; ++in) {
        for (std::size_t x = 0; x < across; ++x) sums[x] += matrix[y][in] * rows[in][x];
      }
      for (std::size_t x = 0; x < across; ++x)
        block[y][x] = Descale<kFractionBits>(sums[x], kLimit);
    }
  }
  for (std::size_t y = 0; y < size; ++y) {
    std::array<std::int32_t, kSide> row = block[y];
    if (visible.width < 8) {
      const Matrix& matrix = kRepeating[static_cast<std::size_t>(visible.width)];
      for (std::size_t x = 0; x < size; ++x) {
        std::int32_t sum = 0;
        for (std::size_t in = 0; in < kSide; ++in) sum += matrix[x][in] * block[y][in];
        row[x] = Descale<kFractionBits>(sum, kLimit);
      }
    }
    for (std::size_t x = 0; x < size; ++x) {
      reduced[y * kSide + x] =
          static_cast<std::int16_t>(Descale<kExtraBits>(row[x], kMaxCoefficient));
    }
  }
}

}  // namespace thimble
