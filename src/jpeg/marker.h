// The markers of a JPEG (ISO 10918-1, table B.1), and how the next one is found.
//
// Thread-safety: pure functions on the caller's data.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace thimble {

inline constexpr std::uint8_t kMarkerPrefix = 0xFF;  // a marker is this byte and its code

// The codes that this project looks for.
namespace marker {
inline constexpr std::uint8_t kStuffedZero = 0x00;  // no marker: the prefix is a byte of data
inline constexpr std::uint8_t kTemporary = 0x01;
inline constexpr std::uint8_t kStartOfFrame0 = 0xC0;
inline constexpr std::uint8_t kHuffmanTables = 0xC4;
inline constexpr std::uint8_t kStartOfFrame15 = 0xCF;
inline constexpr std::uint8_t kRestart0 = 0xD0;
inline constexpr std::uint8_t kRestart7 = 0xD7;
inline constexpr std::uint8_t kStartOfImage = 0xD8;
inline constexpr std::uint8_t kEndOfImage = 0xD9;
inline constexpr std::uint8_t kStartOfScan = 0xDA;
inline constexpr std::uint8_t kQuantizationTables = 0xDB;
inline constexpr std::uint8_t kNumberOfLines = 0xDC;
inline constexpr std::uint8_t kRestartInterval = 0xDD;
inline constexpr std::uint8_t kApplication0 = 0xE0;
inline constexpr std::uint8_t kApplication15 = 0xEF;
inline constexpr std::uint8_t kComment = 0xFE;
}  // namespace marker

// How many bytes of `data` come before its next marker, which may be all; stuffed zeros are passed
// over.
std::size_t BytesBeforeMarker(ByteSpan data);

// Takes the next marker and all before it off `data`, and gives its code; nothing where there is
// none, and then nothing is left. A marker may be preceded by any number of bytes that look like
// its prefix.
std::optional<std::uint8_t> TakeMarker(ByteSpan& data);

}  // namespace thimble
