// Dequantization and the inverse DCT of blocks, at full size or reduced to 4x4, 2x2 or 1x1 samples.
//
// The integer arithmetic is that of libjpeg's "slow" method (C. Loeffler, A. Ligtenberg and G.
// Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", 1989, with 13 bits of
// fraction), and for the reduced sizes that of its jidctred.c, which gives the means of the
// full-size samples: samples come out exactly as from libjpeg-turbo.
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace thimble {

using QuantizationTable = std::array<std::int16_t, 64>;  // row by row

// Twice what 8-bit samples can give, rounding included. What damaged data hold beyond it overflows
// in ways that depend on libjpeg-turbo's code for a CPU.
inline constexpr std::int16_t kMaxCoefficient = 2047;

struct IdctBlock {
  const std::int16_t* coefficients = nullptr;  // [64], row by row; 16-byte aligned
  std::uint8_t* samples = nullptr;             // the first one's place
};

// `stride`: bytes from one row of samples to the next. Gives false where a dequantized coefficient
// is beyond +-kMaxCoefficient: then nothing is said about the samples.
using IdctFunction = bool (*)(std::span<const IdctBlock> blocks,
                              const QuantizationTable& quantization, std::ptrdiff_t stride);

// For blocks of `side` x `side` samples: 1, 2, 4 or 8. The fastest this CPU can run.
IdctFunction IdctForThisCpu(int side);

}  // namespace thimble
