#include "server/recent_targets.h"

#include <cstddef>
#include <functional>
#include <utility>

#include "url/request_url.h"

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

RecentTargets::RecentTargets(UrlPolicy policy) : policy_(std::move(policy)), places_(kPlaces) {}

Expected<std::shared_ptr<const Target>> RecentTargets::Read(std::string_view target,
                                                            std::string_view accept) {
  Place& place = places_[PlaceOf(target, accept)];
  if (place.read && place.target == target && place.accept == accept) return place.read;
  THIMBLE_TRY(ResizeRequest asked, ParseResizeRequest(target, accept, policy_));
  auto read = std::make_shared<const Target>(
      Target{.request = PictureRequest(std::move(asked.source), asked.spec, asked.version),
             .varies_by_accept = asked.varies_by_accept});
  if (target.size() <= kMaxTargetBytes && accept.size() <= kMaxAcceptBytes) {
    place.read = nullptr;  // should memory end in between, no text stands for another's picture
    place.target = target;
    place.accept = accept;
    place.read = read;
  }
  return read;
}

}  // namespace thimble
