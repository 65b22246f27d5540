#include "url/request_url.h"

#include <optional>

#include "http/accept.h"
#include "url/asked.h"
#include "url/dialects.h"
#include "url/query.h"
#include "url/text.h"
#include "url/variant_bounds.h"

namespace thimble {
namespace {

constexpr std::int32_t kMaxQuality = 100;

Expected<SourceKey> NotEmpty(SourceKey key) {
  if (key.bytes.empty()) return Fail(ErrorCode::kBadPath, "no key");
  return key;
}

Expected<SourceKey> ReadEitherDialect(std::string_view path, const UrlPolicy& policy,
                                      Asked& asked) {
  THIMBLE_TRY(const std::vector<std::string> segments, DecodedSegments(path));
  if (IsResizeDialect(segments)) return NotEmpty(KeyOfResizeDialect(segments));
  THIMBLE_TRY(SourceKey key, ReadPartsDialect(segments, policy.labels, asked));
  return NotEmpty(std::move(key));
}

Expected<SourceKey> ReadPath(std::string_view path, const UrlPolicy& policy, Asked& asked) {
  Expected<SourceKey> key = ReadEitherDialect(path, policy, asked);
  if (!key && key.error().code == ErrorCode::kBadPath) {
    key.error().detail = "The path names no original: " + key.error().detail + '.';
  }
  return key;
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

}  // namespace

Expected<ResizeRequest> ParseResizeRequest(std::string_view target, std::string_view accept,
                                           const UrlPolicy& policy) {
  const auto [path, query] = SplitTarget(target);
  Asked asked;
  ResizeRequest request;
  THIMBLE_TRY(request.key, ReadPath(path, policy, asked));
  const OtherNames others = {policy.ignored_parameters, policy.version_parameters};
  THIMBLE_TRY(request.version, ReadQuery(query, others, asked));
  if (Status status = ResolveBox(asked, policy, request.spec); !status) return Forward(status);
  if (Status status = ResolveQuality(asked, policy, request.spec); !status) return Forward(status);
  request.varies_by_accept = asked.auto_format && !asked.format;
  request.spec.format = asked.format;
  if (request.varies_by_accept) request.spec.auto_format = ClassOf(accept);
  request.spec = Canonical(request.spec);
  return request;
}

}  // namespace thimble
