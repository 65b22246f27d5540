// The forward DCT of blocks and the quantization of what comes out, in zigzag order.
//
// The integer arithmetic is that of libjpeg's "slow" method (see idct.h). With Rounding::kNearest
// the quantization is libjpeg's too, which rounds halves away from zero: coefficients come out
// exactly as from libjpeg-turbo.
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace thimble {

// Blocks come in groups of so many; more than one at a time on wide machines only.
inline constexpr std::size_t kBlockGroup = 4;

// In zigzag order. What is 0 is not stored, but for DC.
struct QuantizedBlock {
  std::uint64_t nonzero = 0;  // bit i: values[i] is not 0
  std::array<std::int16_t, 64> values;
};

enum class Rounding : std::uint8_t {
  kNearest,
  // AC coefficients need a little more than half a step to become a step larger: such a step costs
  // more bytes than it is worth. 1.7 % fewer bytes for 0.1-0.2 of SSIMULACRA2, where a lower
  // quality costs three times that.
  kThrifty,
};

// Row by row: what a coefficient as the DCT leaves it, eightfold, is multiplied by, and what is
// added before, so that cutting off the fraction rounds.
struct Quantizer {
  Quantizer(const std::array<std::uint8_t, 64>& steps, Rounding rounding);  // row by row, 1-255

  alignas(64) std::array<float, 64> reciprocal;
  alignas(64) std::array<float, 64> half;
};

// `samples`: the first of eight rows, `stride` bytes apart, of blocks.size() blocks side by side: a
// multiple of kBlockGroup.
using FdctFunction = void (*)(const std::uint8_t* samples, std::ptrdiff_t stride,
                              const Quantizer& quantizer, std::span<QuantizedBlock> blocks);

// The fastest this CPU can run.
FdctFunction FdctForThisCpu();

}  // namespace thimble
