// What the operator decides about URLs: defaults, bounds, and names without a meaning.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace thimble {

// REQUIRES: every size is positive, every quality 1-100.
struct UrlPolicy {
  std::string origin = "default";  // whose keys the paths name: SourceRef's
  std::int32_t default_width = 1280;
  std::int32_t default_quality = 100;
  bool enlarge_by_default = false;
  // Segments that may stand between the key and the parts.
  std::vector<std::string> labels = {"melon"};
  // Output pixels a side, after dpr.
  std::int32_t max_width = 8192;
  std::int32_t max_height = 8192;
  // Empty: any. Applied to each side (after dpr) and to the quality.
  std::vector<std::int32_t> allowed_sizes;
  std::vector<std::int32_t> allowed_qualities;
  // kSnap takes the nearest allowed value that is not smaller, else the largest. A default that the
  // client left alone always snaps.
  enum class WhenNotAllowed : std::uint8_t { kSnap, kReject };
  WhenNotAllowed when_not_allowed = WhenNotAllowed::kSnap;
  // Names of query parameters without a meaning for the picture; a `*` at the end stands for
  // anything. The ignored ones are passed over; the others say "the original may have changed".
  std::vector<std::string> ignored_parameters = {"utm_*", "fbclid", "gclid"};
  std::vector<std::string> version_parameters = {"v", "t", "_", "ver", "timestamp"};
};

}  // namespace thimble
