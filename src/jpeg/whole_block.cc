#include "jpeg/whole_block.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "jpeg/scan_place.h"
#include "jpeg/step_table.h"
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

}  // namespace

void ReadWholeBlock(const std::uint8_t* bits, std::size_t bit, const HuffmanTable& dc,
                    const HuffmanTable& ac, std::int16_t* coefficients) {
  std::fill_n(coefficients + 1, kBlockEnd - 1, std::int16_t{0});
  bit += SingleStep(dc, BitsAt(bits, bit)).total_bits();
  for (std::uint32_t position = 1; position < kBlockEnd;) {
    const std::uint64_t next_bits = BitsAt(bits, bit);
    const Step step = SingleStep(ac, next_bits);
    bit += step.total_bits();
    position += step.advance();  // far behind the block at its end
    if (position <= kBlockEnd) coefficients[kZigzag[position - 1]] = step.FirstValueIn(next_bits);
  }
}

}  // namespace thimble
