#include "jpeg/canonical_codes.h"

namespace thimble {
namespace {

constexpr int kMaxCodeBits = 16;
constexpr std::int32_t kMaxCodes = 256;

}  // namespace

std::optional<CanonicalCodes> CanonicalCodes::Create(const HuffmanCodes& codes) {
  CanonicalCodes made(codes);
  std::int32_t code = 0;
  std::int32_t index = 0;
  for (std::size_t length = 1; length <= kMaxCodeBits; ++length) {
    made.to_index_[length] = index - code;
    code += codes.codes_of_length[length];
    index += codes.codes_of_length[length];
    if (index > kMaxCodes) return std::nullopt;
    if (codes.codes_of_length[length] > 0 && code >= 1 << length) return std::nullopt;
    made.code_end_[length] = code;
    code <<= 1;
  }
  made.count_ = static_cast<std::size_t>(index);
  return made;
}

HuffmanCode CanonicalCodes::Find(std::uint64_t bits, int min_length) const {
  for (int length = min_length; length <= kMaxCodeBits; ++length) {
    const auto code = static_cast<std::int32_t>(bits >> (64 - length));
    const auto at = static_cast<std::size_t>(length);
    if (code < code_end_[at]) {
      const std::int32_t index = code + to_index_[at];
      return {static_cast<std::uint8_t>(length), codes_.symbols[static_cast<std::size_t>(index)]};
    }
  }
  return {};
}

}  // namespace thimble
