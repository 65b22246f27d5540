#include "server/version_watch.h"

#include <cstddef>
#include <memory>
#include <utility>

namespace thimble {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

}  // namespace

VersionWatch::VersionWatch(std::chrono::seconds max_age)
    : source_tags_({.max_bytes = kMaxBytes, .max_age = max_age}) {}

bool VersionWatch::Confirms(const Wanted& wanted, std::string_view source_tag) {
  if (wanted.version_key.empty()) return true;
  const auto known = source_tags_.Find(wanted.version_key, SteadyClock::now());
  return known && *known == source_tag;
}

void VersionWatch::Remember(const Wanted& wanted, std::string source_tag) {
  if (wanted.version_key.empty()) return;
  const std::size_t cost = sizeof(std::string) + source_tag.capacity();
  auto known = std::make_shared<const std::string>(std::move(source_tag));
  source_tags_.Keep(wanted.version_key, std::move(known), cost, SteadyClock::now());
}

}  // namespace thimble
