// What came of making a result a second time from the same JPEG with the other of the two decoders
// (pictures.shadow_compare).
#pragma once

#include <cstdint>

namespace thimble {

enum class DecoderComparison : std::uint8_t {
  kNone,  // was not made, or had not the memory or the room
  kSame,
  kOtherBytes,
  kOtherVerdict,  // one decoder reads the original and the other refuses it, or for other reasons
};
inline constexpr DecoderComparison kLastDecoderComparison = DecoderComparison::kOtherVerdict;

}  // namespace thimble
