#include "url/request_url.h"

#include <optional>
#include <utility>

#include "http/accept.h"
#include "url/asked.h"
#include "url/dialects/dialects.h"
#include "url/query.h"
#include "url/text.h"
#include "url/variant_bounds.h"

namespace thimble {
namespace {

constexpr std::int32_t kMaxQuality = 100;

Expected<PathReading> ReadPath(std::string_view path, const UrlPolicy& policy, Asked& asked) {
  Expected<PathReading> reading = DialectOf(path).read(path, policy, asked);
  if (reading && reading->key.bytes.empty()) reading = Fail(ErrorCode::kBadPath, "no key");
  if (!reading && reading.error().code == ErrorCode::kBadPath) {
    reading.error().detail = "The path names no original: " + reading.error().detail + '.';
  }
  return reading;
}

// `pixels` times `dpr`, rounded; at least 1, since dpr is at least a half.
std::int64_t DevicePixels(std::int32_t pixels, DevicePixelRatio dpr) {
  constexpr std::int64_t kUnit = 10'000;
  return (std::int64_t{pixels} * dpr.ten_thousandths + kUnit / 2) / kUnit;
}

// The operator's answer to what a client asked; a default that the client left alone is never
// refused, it snaps.
UrlPolicy::WhenNotAllowed Refusal(bool was_asked, const UrlPolicy& policy) {
  return was_asked ? policy.when_not_allowed : UrlPolicy::WhenNotAllowed::kSnap;
}

Status ResolveBox(const Asked& asked, const UrlPolicy& policy, TransformSpec& spec) {
  const DevicePixelRatio dpr = asked.dpr.value_or(DevicePixelRatio{});
  if (asked.width || !asked.height) {
    const UrlPolicy::WhenNotAllowed refusal = Refusal(asked.width || asked.dpr, policy);
    const std::int64_t width = DevicePixels(asked.width.value_or(policy.default_width), dpr);
    THIMBLE_TRY(spec.width,
                WithinBounds(width, {"width", policy.max_width, policy.allowed_sizes, refusal}));
  }
  if (asked.height) {
    THIMBLE_TRY(spec.height, WithinBounds(DevicePixels(*asked.height, dpr),
                                          {"height", policy.max_height, policy.allowed_sizes,
                                           policy.when_not_allowed}));
  }
  spec.fit = asked.fit.value_or(Fit::kContain);
  spec.enlarge = asked.enlarge.value_or(policy.enlarge_by_default);
  return {};
}

Status ResolveQuality(const Asked& asked, const UrlPolicy& policy, TransformSpec& spec) {
  const UrlPolicy::WhenNotAllowed refusal = Refusal(asked.quality.has_value(), policy);
  THIMBLE_TRY(spec.quality.value,
              WithinBounds(asked.quality.value_or(policy.default_quality),
                           {"quality", kMaxQuality, policy.allowed_qualities, refusal}));
  return {};
}

AcceptClass ClassOf(std::string_view accept) {
  return FormatFromAccept(accept) == ImageFormat::kWebp ? AcceptClass::kWebp : AcceptClass::kNone;
}

Expected<TransformSpec> Resolve(const Asked& asked, std::string_view accept,
                                const UrlPolicy& policy) {
  TransformSpec spec;
  if (Status status = ResolveBox(asked, policy, spec); !status) return Forward(status);
  if (Status status = ResolveQuality(asked, policy, spec); !status) return Forward(status);
  spec.format = asked.format;
  if (asked.auto_format && !asked.format) spec.auto_format = ClassOf(accept);
  return Canonical(spec);
}

}  // namespace

Expected<ResizeRequest> ParseResizeRequest(std::string_view target, std::string_view accept,
                                           const UrlPolicy& policy) {
  const auto [path, query] = SplitTarget(target);
  Asked asked;
  THIMBLE_TRY(PathReading reading, ReadPath(path, policy, asked));
  const OtherNames others = {policy.ignored_parameters, policy.version_parameters};
  ResizeRequest request;
  request.source = {.origin = policy.origin, .key = std::move(reading.key)};
  THIMBLE_TRY(request.version, ReadQuery(query, others, asked));
  if (!reading.spec) {
    THIMBLE_TRY(request.spec, Resolve(asked, accept, policy));
    request.varies_by_accept = request.spec.auto_format.has_value();
  } else if (asked == Asked{}) {
    request.spec = *reading.spec;
  } else {
    return Fail(ErrorCode::kConflictingParameters,
                "This path says all by itself; the query cannot add to it.");
  }
  return request;
}

}  // namespace thimble
