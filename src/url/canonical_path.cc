#include "url/canonical_path.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/error.h"
#include "base/hex.h"

namespace thimble {
namespace {

constexpr std::size_t kMaxEscapedKey = 700;
constexpr std::size_t kHashDigits = 64;

bool StaysAsItIs(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-._~/").find(c) != std::string_view::npos;
}

// A '-' between slashes, or between one and an end.
bool IsSegmentAlone(std::string_view key, std::size_t at) {
  const bool begins = at == 0 || key[at - 1] == '/';
  const bool ends = at + 1 == key.size() || key[at + 1] == '/';
  return key[at] == '-' && begins && ends;
}

void AppendEscaped(std::string_view key, std::string& path) {
  for (std::size_t i = 0; i < key.size(); ++i) {
    const bool is_mark = IsSegmentAlone(key, i) || (i == 0 && key[i] == '~');
    if (StaysAsItIs(key[i]) && !is_mark) {
      path += key[i];
    } else {
      AppendPercentEncoded(key[i], path);
    }
  }
}

void AppendHash(std::string_view key, std::string& path) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  THIMBLE_CHECK(EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha256(), nullptr) ==
                1);
  path += '~';
  AppendHex(ByteSpan(digest).first(size), path);
}

}  // namespace

std::string CanonicalPath(const SourceRef& source, std::string_view text) {
  std::string path = "/-/p/";
  path.append(source.origin).append("/");
  const std::size_t before_key = path.size();
  AppendEscaped(source.key.bytes, path);
  if (path.size() - before_key > kMaxEscapedKey) {
    path.resize(before_key);
    AppendHash(source.key.bytes, path);
  }
  return path.append("/-/").append(text);
}

bool IsHashedKey(std::string_view text) {
  return text.size() == kHashDigits + 1 && text.front() == '~' &&
         std::all_of(text.begin() + 1, text.end(),
                     [](char c) { return HexDigitValue(c) && !(c >= 'A' && c <= 'F'); });
}

}  // namespace thimble
