#include "url/dialects/dialects.h"

#include <algorithm>
#include <array>

namespace thimble {
namespace {

// In the order in which they are asked.
constexpr std::array<Dialect, 4> kDialects = {{
    {"canonical", ClaimsCanonicalPath, ReadCanonicalPath},
    {"own", ClaimsOwnPath, RefuseOwnPath},
    {"resize", ClaimsResizePath, ReadResizePath},
    {"parts", ClaimsAnyPath, ReadPartsPath},
}};

}  // namespace

const Dialect& DialectOf(std::string_view path) {
  const auto* const found = std::find_if(kDialects.begin(), kDialects.end() - 1,
                                         [&](const Dialect& d) { return d.claims(path); });
  return *found;
}

std::optional<std::string> FolderOf(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  const std::size_t end = path.find('/', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return PercentDecoded(path.substr(1, end - 1));
}

SourceKey KeyFromSegments(std::span<const std::string> segments) {
  SourceKey key;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (i > 0) key.bytes += '/';
    key.bytes += segments[i];
  }
  return key;
}

}  // namespace thimble
