#include <algorithm>

#include "spec/canonical_text.h"
#include "url/canonical_path.h"
#include "url/dialects/dialects.h"
#include "url/variant_bounds.h"

namespace thimble {
namespace {

constexpr std::size_t kBeforeKey = 3;  // "-", "p", the origin
constexpr std::size_t kAfterKey = 2;   // "-", the text

// A text is never snapped to what is allowed: it would be another text.
Status CheckBounds(const TransformSpec& spec, const UrlPolicy& policy) {
  constexpr auto kReject = UrlPolicy::WhenNotAllowed::kReject;
  if (spec.width > 0) {
    auto width =
        WithinBounds(spec.width, {"width", policy.max_width, policy.allowed_sizes, kReject});
    if (!width) return Forward(width);
  }
  if (spec.height > 0) {
    auto height =
        WithinBounds(spec.height, {"height", policy.max_height, policy.allowed_sizes, kReject});
    if (!height) return Forward(height);
  }
  auto quality =
      WithinBounds(spec.quality.value, {"quality", 100, policy.allowed_qualities, kReject});
  if (!quality) return Forward(quality);
  return {};
}

}  // namespace

bool ClaimsCanonicalPath(std::string_view path) {
  if (!ClaimsOwnPath(path)) return false;
  return FolderOf(path.substr(path.find('/', 1))) == "p";
}

// Read from its end: a key may hold a segment "-", which some on the way decode.
Expected<PathReading> ReadCanonicalPath(std::string_view path, const UrlPolicy& policy,
                                        Asked& /*asked*/) {
  THIMBLE_TRY(const std::vector<std::string> segments, DecodedSegments(path));
  const std::size_t count = segments.size();
  if (count <= kBeforeKey + kAfterKey || segments[count - kAfterKey] != "-") {
    return Fail(ErrorCode::kBadPath, "it is not /-/p/{origin}/{key}/-/{variant}");
  }
  if (segments[kBeforeKey - 1] != policy.origin) {
    return Fail(ErrorCode::kBadPath, "there is no such origin");
  }
  PathReading reading;
  THIMBLE_TRY(reading.spec, ParseCanonicalText(segments.back()));
  if (Status allowed = CheckBounds(*reading.spec, policy); !allowed) return Forward(allowed);
  const auto key = std::span(segments).subspan(kBeforeKey, count - kBeforeKey - kAfterKey);
  reading.key = KeyFromSegments(key);
  if (IsHashedKey(reading.key.bytes)) {
    return Fail(ErrorCode::kOriginalNotFound, "a key's hash does not tell the key");
  }
  return reading;
}

}  // namespace thimble
