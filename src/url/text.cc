#include "url/text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/hex.h"

namespace thimble {
namespace {

constexpr bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// What no client may send unencoded, in a path or a query.
constexpr bool IsForbiddenRaw(char c) { return IsControl(c) || c == ' '; }

// Every piece between separators, empty ones too; an empty text is one empty piece.
std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

bool IsDots(std::string_view segment) { return segment == "." || segment == ".."; }

// `segment` is decoded and may hold slashes that were encoded. A backslash is a character of a key
// like any other; but there are programs that take it for a slash, so dots beside it are refused.
bool CanBePartOfKey(const std::string& segment) {
  if (std::any_of(segment.begin(), segment.end(), IsControl)) return false;
  std::string slashed = segment;
  std::replace(slashed.begin(), slashed.end(), '\\', '/');
  const std::vector<std::string_view> pieces = Split(slashed, '/');
  return std::none_of(pieces.begin(), pieces.end(), IsDots) && IsUtf8(segment);
}

struct ByteRange {
  std::uint8_t low;
  std::uint8_t high;
  constexpr bool Contains(char c) const {
    const auto byte = static_cast<std::uint8_t>(c);
    return low <= byte && byte <= high;
  }
};

struct Utf8Form {
  ByteRange first;
  ByteRange second;    // of the second byte, if there is one
  std::size_t length;  // bytes; those after the second are 80-BF
};

constexpr std::array<Utf8Form, 9> kUtf8Forms = {{
    {{0x00, 0x7f}, {0x00, 0x00}, 1},
    {{0xc2, 0xdf}, {0x80, 0xbf}, 2},
    {{0xe0, 0xe0}, {0xa0, 0xbf}, 3},
    {{0xe1, 0xec}, {0x80, 0xbf}, 3},
    {{0xed, 0xed}, {0x80, 0x9f}, 3},
    {{0xee, 0xef}, {0x80, 0xbf}, 3},
    {{0xf0, 0xf0}, {0x90, 0xbf}, 4},
    {{0xf1, 0xf3}, {0x80, 0xbf}, 4},
    {{0xf4, 0xf4}, {0x80, 0x8f}, 4},
}};
constexpr ByteRange kContinuation = {0x80, 0xbf};

// The bytes of the character that `text` begins with; 0 if it begins with none.
std::size_t LengthOfFirstCharacter(std::string_view text) {
  for (const Utf8Form& form : kUtf8Forms) {
    if (!form.first.Contains(text[0])) continue;
    if (text.size() < form.length) return 0;
    if (form.length > 1 && !form.second.Contains(text[1])) return 0;
    for (std::size_t i = 2; i < form.length; ++i) {
      if (!kContinuation.Contains(text[i])) return 0;
    }
    return form.length;
  }
  return 0;
}

Expected<QueryPair> PairFromText(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  std::optional<std::string> name = PercentDecoded(text.substr(0, equals));
  if (!name) return Fail(ErrorCode::kBadParameter, "A parameter's name has a broken escape.");
  if (name->empty()) return Fail(ErrorCode::kBadParameter, "A parameter has no name.");
  return QueryPair{std::move(*name), text.substr(std::min(equals + 1, text.size()))};
}

}  // namespace

std::optional<std::string> PercentDecoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const std::optional<int> high = HexDigitValue(text[i + 1]);
    const std::optional<int> low = HexDigitValue(text[i + 2]);
    if (!high || !low) return std::nullopt;
    decoded.push_back(static_cast<char>(*high * 16 + *low));
    i += 2;
  }
  return decoded;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = LengthOfFirstCharacter(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

TargetParts SplitTarget(std::string_view target) {
  const std::size_t question_mark = target.find('?');
  if (question_mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, question_mark), target.substr(question_mark + 1)};
}

Expected<std::vector<std::string>> DecodedSegments(std::string_view path) {
  if (path.empty() || path[0] != '/') {
    return Fail(ErrorCode::kBadPath, "the target is no path");  // "*" and "http://..." too
  }
  if (std::any_of(path.begin(), path.end(), [](char c) { return IsForbiddenRaw(c) || c == '#'; })) {
    return Fail(ErrorCode::kBadPath, "a byte that must be encoded");
  }
  std::vector<std::string> segments;
  for (const std::string_view raw : Split(path.substr(1), '/')) {
    std::optional<std::string> segment = PercentDecoded(raw);
    if (!segment) return Fail(ErrorCode::kBadPath, "broken escape");
    if (!CanBePartOfKey(*segment)) return Fail(ErrorCode::kBadPath, "a segment that is no key");
    segments.push_back(std::move(*segment));
  }
  return segments;
}

Expected<std::vector<QueryPair>> QueryPairs(std::string_view query) {
  std::vector<QueryPair> pairs;
  if (std::any_of(query.begin(), query.end(), IsForbiddenRaw)) {
    return Fail(ErrorCode::kBadParameter, "The query has a byte that must be percent-encoded.");
  }
  for (const std::string_view text : Split(query, '&')) {
    if (text.empty()) continue;
    THIMBLE_TRY(QueryPair pair, PairFromText(text));
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

}  // namespace thimble
