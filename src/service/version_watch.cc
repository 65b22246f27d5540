#include "service/version_watch.h"

#include <cstddef>
#include <memory>
#include <utility>

namespace thimble {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

}  // namespace

VersionWatch::VersionWatch(std::chrono::seconds max_age)
    : source_tags_({.max_bytes = kMaxBytes, .max_age = max_age}) {}

bool VersionWatch::Confirms(const PictureRequest& request, std::string_view source_tag) {
  if (request.version_name.empty()) return true;
  const auto known = source_tags_.Find(request.version_name, SteadyClock::now());
  return known && *known == source_tag;
}

void VersionWatch::Remember(const PictureRequest& request, std::string source_tag) {
  if (request.version_name.empty()) return;
  const std::size_t cost = sizeof(std::string) + source_tag.capacity();
  auto known = std::make_shared<const std::string>(std::move(source_tag));
  source_tags_.Keep(request.version_name, std::move(known), cost, SteadyClock::now());
}

}  // namespace thimble
