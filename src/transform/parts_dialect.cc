#include <algorithm>
#include <array>
#include <string_view>

#include "transform/dialects.h"

namespace thimble {
namespace {

struct Part {
  std::string_view name;
  Status (*ask)(Asked& asked, std::string_view text);
};

constexpr std::array<Part, 3> kParts = {{
    {"resize", AskBox},
    {"quality", AskQuality},
    {"format", AskFormat},
}};

const Part* FindPart(std::string_view name) {
  const auto* const part =
      std::find_if(kParts.begin(), kParts.end(), [&](const Part& p) { return p.name == name; });
  return part == kParts.end() ? nullptr : part;
}

}  // namespace

Expected<SourceKey> ReadPartsDialect(std::span<const std::string> segments,
                                     std::span<const std::string> labels, Asked& asked) {
  const std::size_t all = segments.size();
  while (segments.size() >= 2) {
    const Part* const part = FindPart(segments[segments.size() - 2]);
    if (part == nullptr) break;
    if (Status status = part->ask(asked, segments.back()); !status) return Forward(status);
    segments = segments.first(segments.size() - 2);
  }
  if (segments.empty()) return Fail(ErrorCode::kBadPath, "parts without a key");

  const bool has_parts = segments.size() < all;
  if (has_parts && segments.size() > 1 &&
      std::find(labels.begin(), labels.end(), segments.back()) != labels.end()) {
    segments = segments.first(segments.size() - 1);
  }
  return KeyFromSegments(segments);
}

SourceKey KeyFromSegments(std::span<const std::string> segments) {
  SourceKey key;
  for (const std::string& segment : segments) {
    if (!key.bytes.empty()) key.bytes += '/';
    key.bytes += segment;
  }
  return key;
}

}  // namespace thimble
