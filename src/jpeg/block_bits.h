// What is known of a block's AC coefficients as sets of them, a bit each: an operation on a word
// says of all 63 what otherwise would have to be asked one by one.
//
// A refinement scan gives one more bit of each coefficient. These bits are gathered in sets too,
// and added to the coefficients all at once, when all scans have been there.
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace thimble {

// The first of the zigzag sequence at the most significant bit.
using CoefficientSet = std::uint64_t;

constexpr CoefficientSet CoefficientAt(int position) {
  return CoefficientSet{1} << (63 - position);
}

// How many of the lowest bits of coefficients can come from refinement scans. Encoders use two or,
// seldom, three.
inline constexpr int kRefinedBits = 3;

struct BlockBits {
  CoefficientSet nonzero = 0;
  CoefficientSet negative = 0;                         // of those that a refinement scan added
  std::array<CoefficientSet, kRefinedBits> refined{};  // what have this bit, by refinement scans
};

// Adds the refined bits of blocks that follow one another to their coefficients, which are in
// row-by-row order.
using AddRefinedBitsFunction = void (*)(std::span<const BlockBits> blocks,
                                        std::int16_t* coefficients);

// The fastest this CPU can run. Look it up once a picture.
AddRefinedBitsFunction AddRefinedBitsForThisCpu();

}  // namespace thimble
