#include "jpeg/visible_part.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <numbers>

namespace thimble {
namespace {

constexpr std::size_t kSide = 8;
// Far beyond what 8-bit samples give. Damaged data may hold more.
constexpr float kMaxCoefficient = 4095;

// The build forbids to fuse multiplications with additions here, which not every CPU can do and
// which rounds otherwise: results are the same on all.
using Row = std::array<float, kSide>;
using Block = std::array<Row, kSide>;

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

// Of one dimension, [frequency that comes out][frequency that goes in]: to samples, the last
// visible one repeated, and back to frequencies.
constexpr Block RepeatingFrom(std::size_t visible) {
  Block matrix{};
  for (std::size_t out = 0; out < kSide; ++out) {
    for (std::size_t in = 0; in < kSide; ++in) {
      double sum = 0;
      for (std::size_t sample = 0; sample < kSide; ++sample) {
        sum += kWeights[out][sample] * kWeights[in][std::min(sample, visible - 1)];
      }
      matrix[out][in] = static_cast<float>(sum / kSide);
    }
  }
  return matrix;
}

constexpr Block Transposed(const Block& block) {
  Block transposed{};
  for (std::size_t y = 0; y < kSide; ++y) {
    for (std::size_t x = 0; x < kSide; ++x) transposed[x][y] = block[y][x];
  }
  return transposed;
}

// By the number of visible samples.
constexpr std::array<Block, kSide> kDown = {Block{},          RepeatingFrom(1), RepeatingFrom(2),
                                            RepeatingFrom(3), RepeatingFrom(4), RepeatingFrom(5),
                                            RepeatingFrom(6), RepeatingFrom(7)};
constexpr std::array<Block, kSide> kAcross = [] {
  std::array<Block, kSide> transposed{};
  for (std::size_t i = 0; i < kSide; ++i) transposed[i] = Transposed(kDown[i]);
  return transposed;
}();

// Four lanes, of which GCC and Clang make what every CPU has.
using Four = float __attribute__((vector_size(16)));

Four LoadFour(const float* from) {
  Four four;
  std::memcpy(&four, from, sizeof(four));
  return four;
}

// A row of a product of matrices.
Row Product(const Row& left, const Block& right) {
  Four low{};
  Four high{};
  for (std::size_t in = 0; in < kSide; ++in) {
    low += left[in] * LoadFour(right[in].data());
    high += left[in] * LoadFour(right[in].data() + 4);
  }
  Row sums;
  std::memcpy(sums.data(), &low, sizeof(low));
  std::memcpy(sums.data() + 4, &high, sizeof(high));
  return sums;
}

}  // namespace

void RepeatVisiblePart(const std::int16_t* coefficients, const QuantizationTable& quantization,
                       VisiblePart visible, int side, std::int16_t* reduced) {
  const auto size = static_cast<std::size_t>(side);
  // What is whole needs none but its lowest frequencies.
  const std::size_t rows = visible.height < 8 ? kSide : size;
  Block block;
  for (std::size_t y = 0; y < rows; ++y) {
    for (std::size_t x = 0; x < kSide; ++x) {
      const std::size_t at = y * kSide + x;
      block[y][x] = static_cast<float>(std::int32_t{coefficients[at]} * quantization[at]);
    }
  }
  for (std::size_t y = 0; y < size; ++y) {
    Row row = block[y];
    if (visible.height < 8) {
      row = Product(kDown[static_cast<std::size_t>(visible.height)][y], block);
    }
    if (visible.width < 8) row = Product(row, kAcross[static_cast<std::size_t>(visible.width)]);
    for (std::size_t x = 0; x < size; ++x) {
      const float value = std::min(std::max(row[x], -kMaxCoefficient), kMaxCoefficient);
      constexpr int kPositive = 1 << 14;  // there conversion, which cuts, rounds down
      reduced[y * kSide + x] = static_cast<std::int16_t>(
          static_cast<std::int32_t>(value + (kPositive + 0.5F)) - kPositive);
    }
  }
}

}  // namespace thimble
