#include "url/variant_bounds.h"

#include <algorithm>
#include <optional>
#include <string>

namespace thimble {
namespace {

std::optional<std::int32_t> NearestAllowed(std::int64_t value, const VariantBounds& bounds) {
  if (bounds.allowed.empty()) {
    return static_cast<std::int32_t>(std::min<std::int64_t>(value, bounds.max));
  }
  std::optional<std::int32_t> not_smaller;
  std::optional<std::int32_t> largest;
  for (const std::int32_t candidate : bounds.allowed) {
    if (candidate > bounds.max) continue;
    if (candidate >= value) not_smaller = std::min(candidate, not_smaller.value_or(candidate));
    largest = std::max(candidate, largest.value_or(candidate));
  }
  return not_smaller ? not_smaller : largest;
}

}  // namespace

Expected<std::int32_t> WithinBounds(std::int64_t value, const VariantBounds& bounds) {
  const std::optional<std::int32_t> nearest = NearestAllowed(value, bounds);
  const std::string what(bounds.what);
  if (!nearest) return Fail(ErrorCode::kVariantNotAllowed, "No " + what + " is offered.");
  if (*nearest != value && bounds.when_not_allowed == UrlPolicy::WhenNotAllowed::kReject) {
    return Fail(ErrorCode::kVariantNotAllowed,
                "The " + what + ' ' + std::to_string(value) +
                    " is not offered; the nearest that is: " + std::to_string(*nearest) + '.');
  }
  return *nearest;
}

}  // namespace thimble
