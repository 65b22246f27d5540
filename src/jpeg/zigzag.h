// The order in which a block's coefficients are coded (ISO 10918-1, figure 5).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace thimble {

// [zigzag position] -> place in the block, row by row.
inline constexpr std::array<std::uint8_t, 64> kZigzag = [] {
  std::array<std::uint8_t, 64> places{};
  int x = 0;
  int y = 0;
  for (std::uint8_t& place : places) {
    place = static_cast<std::uint8_t>(8 * y + x);
    const bool up = (x + y) % 2 == 0;
    int& forth = up ? x : y;
    int& back = up ? y : x;
    if (forth == 7) {
      ++back;
    } else {
      ++forth;
      if (back > 0) --back;
    }
  }
  return places;
}();

}  // namespace thimble
