#include "jpeg/whole_block.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "jpeg/scan_place.h"
#include "jpeg/zigzag.h"

namespace thimble {
namespace {

static_assert((kBlockEnd + 1) * kMaxBitsAStep / 8 + 8 <= kWholeBlockBytes);

// 57 bits or more from `bit` on, left-aligned.
std::uint64_t BitsAt(const std::uint8_t* bits, std::size_t bit) {
  std::uint64_t word;
  std::memcpy(&word, bits + bit / 8, sizeof(word));
  if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
  return word << (bit % 8);
}

HuffmanCode CodeAt(const HuffmanTable& table, std::uint64_t bits) {
  const HuffmanCode code = table.FindShort(bits);
  return code.length > 0 ? code : table.Find(bits);
}

// A value is its bits where the first is 1, else less all ones (ISO 10918-1, F.2.2.1).
std::int32_t ValueAt(std::uint64_t bits, int value_bits) {
  const auto number = static_cast<std::int32_t>(bits >> (64 - value_bits));
  return bits >> 63 != 0 ? number : number - ((1 << value_bits) - 1);
}

}  // namespace

void ReadWholeBlock(const std::uint8_t* bits, std::size_t bit, const HuffmanTable& dc,
                    const HuffmanTable& ac, std::int16_t* coefficients) {
  constexpr int kZeroRun = 0xF0;
  std::fill_n(coefficients + 1, kBlockEnd - 1, std::int16_t{0});
  const HuffmanCode dc_code = CodeAt(dc, BitsAt(bits, bit));
  bit += dc_code.length + std::size_t{dc_code.symbol};
  for (std::size_t position = 1; position < kBlockEnd; ++position) {
    const std::uint64_t next_bits = BitsAt(bits, bit);
    const HuffmanCode code = CodeAt(ac, next_bits);
    const int value_bits = code.symbol & 15;
    if (value_bits == 0 && code.symbol != kZeroRun) break;  // the block ends
    bit += static_cast<std::size_t>(code.length + value_bits);
    position += code.symbol >> 4;
    if (value_bits == 0 || position >= kBlockEnd) continue;
    coefficients[kZigzag[position]] =
        static_cast<std::int16_t>(ValueAt(next_bits << code.length, value_bits));
  }
}

}  // namespace thimble
