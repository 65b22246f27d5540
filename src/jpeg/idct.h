// Dequantization and the inverse DCT of blocks, at full size or reduced to side x side samples.
//
// At full size the integer arithmetic is that of libjpeg's "slow" method (C. Loeffler, A.
// Ligtenberg and G. Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", 1989,
// with 13 bits of fraction): samples come out exactly as from libjpeg-turbo. A reduced size is the
// inverse DCT of that many points of the block's lowest frequencies, which is nearer to an ideal
// resize than the means of the full-size samples are (docs/decisions/0008), and looks at no other
// coefficients.
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace thimble {

using QuantizationTable = std::array<std::int16_t, 64>;  // row by row

struct IdctBlock {
  const std::int16_t* coefficients = nullptr;  // [64], row by row
  std::uint8_t* samples = nullptr;             // the first one's place
};

// Up to this many bytes behind each row of a block's samples are written too.
inline constexpr int kIdctOverhang = 3;

// `stride`: bytes from one row of samples to the next. Blocks that lie side by side come from left
// to right, so that each overwrites what the one before it wrote too much. Coefficients far beyond
// what 8-bit samples can give (damaged data) make meaningless samples, the same on every CPU.
using IdctFunction = void (*)(std::span<const IdctBlock> blocks,
                              const QuantizationTable& quantization, std::ptrdiff_t stride);

// For blocks of `side` x `side` samples: 2 to 8. The fastest this CPU can run.
IdctFunction IdctForThisCpu(int side);

// What a block of one sample is: its mean, made of DC alone.
inline std::uint8_t MeanSample(std::int16_t dc, const QuantizationTable& quantization) {
  const int eightfold = dc * quantization[0];
  return static_cast<std::uint8_t>(std::clamp(((eightfold + 4) >> 3) + 128, 0, 255));
}

}  // namespace thimble
