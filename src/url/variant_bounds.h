// The operator's bounds on variants: how many different pictures may be made of one original.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"
#include "url/policy.h"

namespace thimble {

struct VariantBounds {
  std::string_view what;  // "width": for the error
  std::int32_t max = 0;
  std::span<const std::int32_t> allowed;  // in any order; empty: any; entries above `max` count not
  UrlPolicy::WhenNotAllowed when_not_allowed = UrlPolicy::WhenNotAllowed::kSnap;
};

// `value` if it is within the bounds. If not: the nearest allowed value that is not smaller, or the
// largest one; with kReject, and when the bounds allow nothing at all, kVariantNotAllowed. The
// detail is a sentence for the client.
Expected<std::int32_t> WithinBounds(std::int64_t value, const VariantBounds& bounds);

}  // namespace thimble
