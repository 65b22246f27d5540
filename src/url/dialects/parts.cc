#include <algorithm>
#include <array>
#include <string_view>

#include "url/dialects/dialects.h"
#include "url/parameter.h"

namespace thimble {
namespace {

constexpr std::array<Parameter, 3> kParts = {{
    {"resize", "size", {}, "W or WxH, each a whole number from 1 to 999999999", AskBox},
    {"quality", "quality", {}, kWholeNumber, AskQuality},
    {"format", "format", kFormatNames, {}, AskFormat},
}};

const Parameter* FindPart(std::string_view name) {
  const auto* const part = std::find_if(kParts.begin(), kParts.end(),
                                        [&](const Parameter& p) { return p.name == name; });
  return part == kParts.end() ? nullptr : part;
}

Status AskPart(const Parameter& part, std::string_view text, Asked& asked) {
  Status status = Ask(part, text, asked);
  if (!status && status.error().code == ErrorCode::kBadParameter) {
    status.error().detail += " Where it belongs to the key, write /resize/ before the key.";
  }
  return status;
}

}  // namespace

bool ClaimsAnyPath(std::string_view /*path*/) { return true; }

Expected<PathReading> ReadPartsPath(std::string_view path, const UrlPolicy& policy, Asked& asked) {
  THIMBLE_TRY(const std::vector<std::string> decoded, DecodedSegments(path));
  std::span<const std::string> segments = decoded;
  while (segments.size() >= 2) {
    const Parameter* const part = FindPart(segments[segments.size() - 2]);
    if (part == nullptr) break;
    if (Status status = AskPart(*part, segments.back(), asked); !status) return Forward(status);
    segments = segments.first(segments.size() - 2);
  }
  if (segments.empty()) return Fail(ErrorCode::kBadPath, "it has parts without a key");

  const std::vector<std::string>& labels = policy.labels;
  if (segments.size() > 1 &&
      std::find(labels.begin(), labels.end(), segments.back()) != labels.end()) {
    segments = segments.first(segments.size() - 1);
  }
  return PathReading{.key = KeyFromSegments(segments), .spec = {}};
}

}  // namespace thimble
