#include "jpeg/scan_writer.h"

#include <algorithm>
#include <bit>

namespace thimble {
namespace {

constexpr std::uint32_t kZeroRun = 0xF0;  // 16 zeros
constexpr std::uint32_t kEndOfBlock = 0x00;

// Bits of a value's magnitude, and those bits themselves: of a negative one their complement.
struct ValueBits {
  std::uint32_t count;
  std::uint32_t bits;
};

ValueBits BitsOf(int value) {
  const int sign = value >> 31;
  const auto count =
      static_cast<std::uint32_t>(std::bit_width(static_cast<unsigned>((value ^ sign) - sign)));
  return {count, static_cast<std::uint32_t>(value + sign) & ((1U << count) - 1)};
}

struct Code {
  std::uint32_t bits = 0;
  std::uint32_t length = 0;
};
using CodeOfSymbol = std::array<Code, 256>;

CodeOfSymbol CodesBySymbol(const HuffmanCodes& codes) {
  CodeOfSymbol by_symbol;
  ForEachCode(codes, [&](std::size_t length, std::uint32_t code, std::uint8_t symbol) {
    by_symbol[symbol] = {code, static_cast<std::uint32_t>(length)};
  });
  return by_symbol;
}

// Bits to bytes, with a zero stuffed behind each byte of ones.
class BitWriter {
 public:
  explicit BitWriter(ByteWriter& out) : out_(out) {}

  // At most 32 bits at a time.
  void Put(std::uint32_t bits, std::uint32_t count) {
    buffer_ = buffer_ << count | bits;
    filled_ += count;
    if (filled_ >= 32) PutWord();
  }

  // Fills the last byte up with ones.
  void Finish() {
    const std::uint32_t missing = (8 - filled_ % 8) % 8;
    buffer_ = buffer_ << missing | ((1U << missing) - 1);
    filled_ += missing;
    while (filled_ > 0) PutByte();
  }

 private:
  void PutWord() {
    const auto word = static_cast<std::uint32_t>(buffer_ >> (filled_ - 32));
    // Whether any byte is all ones: adding one to it carries into the next.
    const bool has_ones = (word & 0x80808080U & ~(word + 0x01010101U)) != 0;
    if (!has_ones) {
      out_.Put32(word);
      filled_ -= 32;
      return;
    }
    for (int i = 0; i < 4; ++i) PutByte();
  }

  void PutByte() {
    filled_ -= 8;
    const auto byte = static_cast<std::uint8_t>(buffer_ >> filled_);
    out_.Put(byte);
    if (byte == 0xFF) out_.Put(0);
  }

  ByteWriter& out_;
  std::uint64_t buffer_ = 0;  // its lowest `filled_` bits are to be written
  std::uint32_t filled_ = 0;
};

}  // namespace

void ScanWriter::Reserve(std::size_t samples) {
  constexpr std::size_t kSamplesAToken = 8;
  constexpr std::size_t kMostTokens = 1 << 20;  // large pictures may grow on their own
  tokens_.reserve(std::min(samples / kSamplesAToken, kMostTokens));
}

void ScanWriter::Append(BlockTokens& tokens, std::size_t counts, std::uint32_t symbol,
                        std::uint32_t value) {
  ++counts_[counts][symbol];
  tokens.tokens[tokens.count++] = static_cast<Token>(counts) << 24 | symbol << 16 | value;
}

void ScanWriter::Add(const QuantizedBlock& block, int dc_difference, std::size_t table) {
  BlockTokens tokens;
  const ValueBits dc = BitsOf(dc_difference);
  Append(tokens, 2 * table, dc.count, dc.bits);
  const std::size_t ac = 2 * table + 1;
  unsigned last = 0;
  for (std::uint64_t left = block.nonzero & ~std::uint64_t{1}; left != 0; left &= left - 1) {
    const auto position = static_cast<unsigned>(std::countr_zero(left));
    unsigned run = position - last - 1;
    for (; run > 15; run -= 16) Append(tokens, ac, kZeroRun, 0);
    const ValueBits value = BitsOf(block.values[position]);
    Append(tokens, ac, run << 4 | value.count, value.bits);
    last = position;
  }
  if (last < 63) Append(tokens, ac, kEndOfBlock, 0);
  const auto begin = tokens.tokens.begin();
  tokens_.insert(tokens_.end(), begin, begin + static_cast<std::ptrdiff_t>(tokens.count));
}

void ScanWriter::Write(std::span<const Codes> codes_of_table, ByteWriter& out) const {
  std::array<CodeOfSymbol, 2 * kTables> codes;
  for (std::size_t table = 0; table < codes_of_table.size(); ++table) {
    codes[2 * table] = CodesBySymbol(codes_of_table[table].dc);
    codes[2 * table + 1] = CodesBySymbol(codes_of_table[table].ac);
  }
  BitWriter bits(out);
  for (const Token token : tokens_) {
    const std::uint32_t symbol = token >> 16 & 0xFF;
    const Code& code = codes[token >> 24][symbol];
    const std::uint32_t value_bits = symbol & 15;
    bits.Put(code.bits << value_bits | (token & 0xFFFF), code.length + value_bits);
  }
  bits.Finish();
}

}  // namespace thimble
