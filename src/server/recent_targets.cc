#include "server/recent_targets.h"

#include <cstddef>
#include <functional>
#include <utility>

namespace thimble {
namespace {

// Together at most about a megabyte, with every place taken by the longest that are remembered.
constexpr std::size_t kPlaces = 512;
constexpr std::size_t kMaxTargetBytes = 256;
constexpr std::size_t kMaxAcceptBytes = 256;

std::size_t PlaceOf(std::string_view target, std::string_view accept) {
  const std::hash<std::string_view> hash;
  return (hash(target) + 3 * hash(accept)) % kPlaces;
}

}  // namespace

// A key has no zero byte (it would be a bad path), so no two variants share a name.
Wanted::Wanted(ResizeRequest asked)
    : key(std::move(asked.key)),
      spec(asked.spec),
      variant(CanonicalText(spec)),
      cache_key(key.bytes + '\0' + variant),
      version_key(asked.version.empty() ? std::string() : key.bytes + '\0' + asked.version),
      varies_by_accept(asked.varies_by_accept) {}

RecentTargets::RecentTargets(UrlPolicy policy) : policy_(std::move(policy)), places_(kPlaces) {}

Expected<std::shared_ptr<const Wanted>> RecentTargets::Read(std::string_view target,
                                                            std::string_view accept) {
  Place& place = places_[PlaceOf(target, accept)];
  if (place.wanted && place.target == target && place.accept == accept) return place.wanted;
  THIMBLE_TRY(ResizeRequest asked, ParseResizeRequest(target, accept, policy_));
  auto wanted = std::make_shared<const Wanted>(std::move(asked));
  if (target.size() <= kMaxTargetBytes && accept.size() <= kMaxAcceptBytes) {
    place.wanted = nullptr;  // should memory end in between, no text stands for another's picture
    place.target = target;
    place.accept = accept;
    place.wanted = wanted;
  }
  return wanted;
}

}  // namespace thimble
