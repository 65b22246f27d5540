// For tests: Huffman codes and bits as one writes them down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "jpeg/huffman_table.h"

namespace thimble {

inline HuffmanCodes Codes(const std::vector<std::pair<int, std::uint8_t>>& length_and_symbol) {
  HuffmanCodes codes;
  std::size_t count = 0;
  for (const auto& [length, symbol] : length_and_symbol) {
    ++codes.codes_of_length[static_cast<std::size_t>(length)];
    codes.symbols[count++] = symbol;
  }
  return codes;
}

inline std::uint64_t Bits(const std::string& text) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '1') bits |= std::uint64_t{1} << (63 - i);
  }
  return bits;
}

}  // namespace thimble
