// Hexadecimal digits and the percent-encoding that is made of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/bytes.h"

namespace thimble {

// The value of one digit in either case, 0-15.
constexpr std::optional<int> HexDigitValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

// Two digits a byte, in lower case.
inline void AppendHex(ByteSpan bytes, std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
}

// "%2F" for '/': the digits in upper case, as RFC 3986 (2.1) wishes and signatures demand.
inline void AppendPercentEncoded(char c, std::string& text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<std::uint8_t>(c);
  text += '%';
  text += kDigits[byte >> 4];
  text += kDigits[byte & 0xf];
}

}  // namespace thimble
